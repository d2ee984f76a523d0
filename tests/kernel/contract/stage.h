// SPDX-License-Identifier: Apache-2.0
//
// Stage: where one case of the contract is played. It runs in a process of its own, so that cases
// know nothing of each other, and what it says must be the same on every machine and in every run:
// no process ids, addresses or times.

#pragma once

#include <sys/ptrace.h>

#include <array>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "tests/kernel/contract/subject.h"

namespace penstock::contract {

// Neither the driver without a device nor the emulator has one of this id.
inline constexpr std::uint32_t unknown_gpu_id = 0x7777;
inline constexpr std::uint32_t unknown_queue = 5;
// No process has ever anything mapped here.
inline constexpr std::uint64_t bad_address = 8;

// What calls point to; in every subject at the same address.
struct Page {
    std::array<std::uint32_t, 2048> ids{};
    std::array<kfd::QueueSnapshotEntry, 8> entries{};
    std::array<kfd::EventData, 8> events{};
    kfd::RuntimeInfo runtime{};
    std::array<std::uint64_t, 512> ring{};
    std::uint64_t read = 0;
    std::uint64_t written = 0;
};

template <typename T>
std::uint64_t address_of(const T& object) {
    return reinterpret_cast<std::uint64_t>(&object);
}

class Stage {
  public:
    explicit Stage(std::string path);

    [[nodiscard]] const std::string& path() const { return path_; }

    [[nodiscard]] Page& page() { return *page_; }

    // Our own driver file, opened the first time.
    int file();

    template <typename Argument>
    int call(kfd::Nr nr, Argument& argument) {
        return ioctl_result(file(), kfd::request<Argument>(nr), &argument);
    }

    // Made the first time.
    Subject& target();
    Subject& other();

    // The write end of a pipe that never blocks.
    std::uint32_t event_pipe();
    // How many bytes are in it.
    int bytes_in_pipe();

  private:
    std::string path_;
    Page* page_;
    Fd file_;
    Fd pipe_read_;
    Fd pipe_write_;
    std::unique_ptr<Subject> target_;
    std::unique_ptr<Subject> other_;
};

struct Case {
    std::string name;
    std::function<std::string(Stage&)> play;
};

using Cases = std::vector<Case>;

// "0", a count, or the name of the error.
std::string said(int result);

// The same, or "blocks".
std::string said(std::optional<int> result);

// In the order given, unlike the operands of a sum: a step per item.
std::string joined(std::initializer_list<std::string> steps);

Cases number_cases();
Cases file_cases();
Cases exec_cases();
Cases event_cases();
Cases queue_cases();
Cases runtime_cases();
Cases debug_state_cases();
Cases debug_argument_cases();
Cases criu_cases();

// What the program says that a case of exec_cases() executed: on the file it inherited, or with
// none
// (-1) on one that it opens.
std::string after_execution(const std::string& path, int kept);

}  // namespace penstock::contract
