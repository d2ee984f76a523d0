// SPDX-License-Identifier: Apache-2.0
//
// A process that executes another program: what its open file, and one opened afterwards, are for.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "tests/kernel/contract/debugger.h"

namespace penstock::contract {

namespace {

using kfd::Nr;

constexpr std::uint32_t on = kfd::runtime_enable_mode_enable;

template <typename Argument>
int call(int file, Nr nr, Argument& argument) {
    return ioctl_result(file, kfd::request<Argument>(nr), &argument);
}

std::string create_event(int file) {
    kfd::CreateEvent event;
    const int result = call(file, Nr::create_event, event);
    return fmt::format("create {} id={}", said(result), event.event_id);
}

std::string set_first_event(int file) {
    kfd::EventNamed event{.event_id = 1};
    return "set " + said(call(file, Nr::set_event, event));
}

std::string enable_runtime(int file) {
    kfd::RuntimeEnable runtime{.mode_mask = on};
    return "runtime " + said(call(file, Nr::runtime_enable, runtime));
}

// In a process that has done all this before it executes us again.
std::string execute_after(const std::string& path, bool keeps_file) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return "no pipe";
    }
    const pid_t child = ::fork();
    if (child == 0) {
        const int file = ::open(path.c_str(), O_RDWR | (keeps_file ? 0 : O_CLOEXEC));
        create_event(file);
        enable_runtime(file);
        const std::string number = std::to_string(keeps_file ? file : -1);
        ::dup2(ends[1], STDOUT_FILENO);
        ::execl("/proc/self/exe",
                "contract_probe",
                "--executed",
                path.c_str(),
                number.c_str(),
                nullptr);
        ::_exit(1);
    }
    ::close(ends[1]);
    std::string text;
    std::array<char, 512> part{};
    ssize_t got = 0;
    while ((got = ::read(ends[0], part.data(), part.size())) > 0) {
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    ::waitpid(child, nullptr, 0);
    return text;
}

}  // namespace

std::string after_execution(const std::string& path, int kept) {
    if (kept >= 0) {
        kfd::GetVersion version;
        return joined({"version " + said(call(kept, Nr::get_version, version)),
                       set_first_event(kept),
                       create_event(kept),
                       enable_runtime(kept)});
    }
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    return joined({set_first_event(file), create_event(file), enable_runtime(file)});
}

Cases exec_cases() {
    return {{"exec.file_that_was_kept", [](Stage& s) { return execute_after(s.path(), true); }},
            {"exec.file_opened_again", [](Stage& s) { return execute_after(s.path(), false); }}};
}

}  // namespace penstock::contract
