// SPDX-License-Identifier: Apache-2.0
//
// Fd: sole owner of one file descriptor.

#pragma once

#include <utility>

#include "base/result.h"

namespace penstock {

class Fd {
  public:
    Fd() = default;

    explicit Fd(int number) : number_(number) {}

    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, none)) {}

    Fd& operator=(Fd&& other) noexcept;
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;

    ~Fd() { reset(); }

    [[nodiscard]] int get() const { return number_; }

    [[nodiscard]] explicit operator bool() const { return number_ != none; }

    // Gives the number away: the caller closes it.
    [[nodiscard]] int release() { return std::exchange(number_, none); }

    void reset();

  private:
    static constexpr int none = -1;
    int number_ = none;
};

// Opens `path`, relative to `directory` unless it is absolute; always close-on-exec.
Result<Fd> open_at(const Fd& directory, const std::string& path, int flags);
Result<Fd> open_path(const std::string& path, int flags);

// Takes the result of a system call that returns a descriptor, or -1 and errno.
Result<Fd> owned(int number, std::string_view doing);

// All of it, however many calls that takes; `doing` as in Error.
Result<> write_all(const Fd& file, std::string_view text, const std::string& doing);

}  // namespace penstock
