// SPDX-License-Identifier: Apache-2.0
//
// Mapping: sole owner of a shared mapping of the memory behind a descriptor, such as a BPF map's.

#pragma once

#include <cstddef>
#include <utility>

#include "base/fd.h"

namespace penstock {

class Mapping {
  public:
    enum class Access : unsigned char { read_only, read_write };

    // `length` bytes from `offset`, both whole pages.
    static Result<Mapping> open(const Fd& map,
                                std::size_t offset,
                                std::size_t length,
                                Access access);

    // Zeros that can only be read: a place for what is to come.
    static Result<Mapping> reserve(std::size_t length);

    Mapping(Mapping&& other) noexcept
        : start_(std::exchange(other.start_, nullptr)), length_(other.length_) {}

    Mapping& operator=(Mapping&& other) noexcept;
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping();

    [[nodiscard]] std::byte* start() const { return start_; }

    [[nodiscard]] std::size_t length() const { return length_; }

  private:
    Mapping(std::byte* start, std::size_t length) : start_(start), length_(length) {}

    std::byte* start_;
    std::size_t length_;
};

// The smallest number of whole pages that holds so many bytes, in bytes.
[[nodiscard]] std::size_t whole_pages(std::size_t bytes);

}  // namespace penstock
