// SPDX-License-Identifier: Apache-2.0
//
// The file itself: how it opens, what it refuses, and who may use it.

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <thread>

#include "base/pidfd.h"
#include "tests/kernel/contract/stage.h"

namespace penstock::contract {

namespace {

using kfd::Nr;

constexpr std::uint64_t events_offset = 2ULL << 62;
constexpr std::uint64_t doorbell_offset = 3ULL << 62;
constexpr std::uint64_t reserved_offset = 1ULL << 62;
constexpr std::uint64_t of_unknown_gpu = std::uint64_t{unknown_gpu_id} << 46;

int version_on(int file) {
    kfd::GetVersion version;
    return ioctl_result(file, kfd::request<kfd::GetVersion>(Nr::get_version), &version);
}

std::string opened(Stage& stage, int flags) {
    const Fd file(::open(stage.path().c_str(), flags | O_CLOEXEC));
    return file.get() < 0 ? said(-errno) : "opens, version " + said(version_on(file.get()));
}

std::string mapped(Stage& stage, std::uint64_t offset, std::size_t bytes, bool with_event) {
    if (kfd::CreateEvent event; with_event) {
        stage.call(Nr::create_event, event);
    }
    const void* const memory = ::mmap(nullptr,
                                      bytes,
                                      PROT_READ | PROT_WRITE,
                                      MAP_SHARED,
                                      stage.file(),
                                      static_cast<off_t>(offset));
    return memory == MAP_FAILED ? said(-errno) : "maps";
}

// What a child gets that uses a file it did not open.
std::string in_child(int file) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(-version_on(file));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return said(-WEXITSTATUS(status));
}

std::string stolen(Stage& stage) {
    Subject& target = stage.target();
    target.open();
    const Result<Fd> process = open_pidfd(target.pid());
    const Result<Fd> file = process ? duplicate_from(*process, target.file_number())
                                    : Result<Fd>(std::unexpected(process.error()));
    return file ? said(version_on(file->get())) : "no descriptor";
}

std::string in_thread(Stage& stage) {
    const int file = stage.file();
    return said(std::async(std::launch::async, [file] { return version_on(file); }).get());
}

std::string of_dead_opener(Stage& stage) {
    Subject& target = stage.target();
    target.open();
    const Result<Fd> process = open_pidfd(target.pid());
    const Result<Fd> file = process ? duplicate_from(*process, target.file_number())
                                    : Result<Fd>(std::unexpected(process.error()));
    target.kill();
    target.reap();
    return file ? said(version_on(file->get())) : "no descriptor";
}

std::string polled(Stage& stage) {
    pollfd one{.fd = stage.file(), .events = POLLIN | POLLOUT, .revents = 0};
    const int ready = ::poll(&one, 1, 0);
    return fmt::format("{} revents={:x}", ready, one.revents);
}

std::string opened_by_32_bit_program(const std::string& path) {
    const pid_t child = ::fork();
    if (child == 0) {
        // It lies beside us, wherever that is.
        const std::string program =
            std::filesystem::read_symlink("/proc/self/exe").parent_path() / "open_from_32_bit";
        ::execl(program.c_str(), program.c_str(), path.c_str(), nullptr);
        ::_exit(ENOEXEC);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return said(-WEXITSTATUS(status));
}

void add_opens(Cases& cases) {
    for (const auto& [name, flags] : {std::pair{"read_write", O_RDWR},
                                      std::pair{"read_only", O_RDONLY},
                                      std::pair{"write_only", O_WRONLY},
                                      std::pair{"non_blocking", O_RDWR | O_NONBLOCK},
                                      std::pair{"append", O_RDWR | O_APPEND},
                                      std::pair{"path", O_PATH},
                                      std::pair{"truncate", O_RDWR | O_TRUNC},
                                      std::pair{"directory", O_RDWR | O_DIRECTORY},
                                      std::pair{"exclusive", O_RDWR | O_CREAT | O_EXCL}}) {
        cases.push_back(
            {fmt::format("open.{}", name), [flags](Stage& stage) { return opened(stage, flags); }});
    }
}

void add_mappings(Cases& cases) {
    const auto add = [&cases](const char* name, std::uint64_t offset, std::size_t bytes) {
        cases.push_back({fmt::format("map.{}", name),
                         [=](Stage& stage) { return mapped(stage, offset, bytes, false); }});
    };
    add("offset_zero", 0, 4096);
    add("events_before_any_event", events_offset, 4096);
    add("doorbell_of_unknown_device", doorbell_offset | of_unknown_gpu, 8192);
    add("doorbell_of_no_device", doorbell_offset, 8192);
    add("registers_of_unknown_device", of_unknown_gpu, 4096);
    add("reserved_of_unknown_device", reserved_offset | of_unknown_gpu, 4096);
    cases.push_back(
        {"map.events", [](Stage& stage) { return mapped(stage, events_offset, 4096, true); }});
    cases.push_back({"map.events_too_large",
                     [](Stage& stage) { return mapped(stage, events_offset, 1 << 20, true); }});
}

}  // namespace

Cases file_cases() {
    Cases cases;
    add_opens(cases);
    add_mappings(cases);
    cases.push_back({"open.from_32_bit_program",
                     [](Stage& stage) { return opened_by_32_bit_program(stage.path()); }});
    cases.push_back({"file.version", [](Stage& stage) {
                         kfd::GetVersion version;
                         const int result = stage.call(Nr::get_version, version);
                         return fmt::format("{} {}.{}", said(result), version.major, version.minor);
                     }});
    cases.push_back({"file.read", [](Stage& stage) {
                         std::uint64_t word = 0;
                         const ssize_t got = ::read(stage.file(), &word, sizeof(word));
                         return said(got < 0 ? -errno : static_cast<int>(got));
                     }});
    cases.push_back({"file.write", [](Stage& stage) {
                         const std::uint64_t word = 0;
                         const ssize_t put = ::write(stage.file(), &word, sizeof(word));
                         return said(put < 0 ? -errno : static_cast<int>(put));
                     }});
    cases.push_back({"file.seek", [](Stage& stage) {
                         const off_t at = ::lseek(stage.file(), 8, SEEK_SET);
                         return said(at < 0 ? -errno : static_cast<int>(at));
                     }});
    cases.push_back({"file.poll", polled});
    cases.push_back({"file.kind", [](Stage& stage) {
                         struct stat status{};
                         ::stat(stage.path().c_str(), &status);
                         return std::string(S_ISCHR(status.st_mode) ? "character device" : "file");
                     }});
    cases.push_back({"file.used_by_a_child", [](Stage& stage) { return in_child(stage.file()); }});
    cases.push_back({"file.used_by_a_thread", in_thread});
    cases.push_back({"file.taken_from_another_process", stolen});
    cases.push_back({"file.of_a_dead_opener", of_dead_opener});
    return cases;
}

}  // namespace penstock::contract
