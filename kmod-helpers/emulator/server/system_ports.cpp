// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/system_ports.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/fd.h"
#include "base/pidfd.h"
#include "base/text.h"

namespace penstock::emulator {

namespace {

iovec part(const void* address, std::size_t bytes) {
    iovec one{};
    one.iov_base = const_cast<void*>(address);  // Which side is written to is the call's matter.
    one.iov_len = bytes;
    return one;
}

iovec remote_part(std::uint64_t address, std::size_t bytes) {
    return part(std::bit_cast<const void*>(address), bytes);
}

std::optional<std::uint32_t> number_in(std::string_view status, std::string_view key) {
    const std::optional<std::string_view> text = value_of(status, key);
    return text ? parse_number<std::uint32_t>(trimmed(*text)) : std::nullopt;
}

class PipeEnd final : public EventPipe {
  public:
    explicit PipeEnd(Fd file) : file_(std::move(file)) {}

    void notify() override {
        // NOWAIT: it is the client's pipe, and a client may have left it blocking and full.
        const char dot = '.';
        const iovec byte = part(&dot, sizeof(dot));
        static_cast<void>(::pwritev2(file_.get(), &byte, 1, -1, RWF_NOWAIT));
    }

  private:
    Fd file_;
};

// Stands for a descriptor that is no pipe: valid for the driver, and nothing is written to it.
class DeafEnd final : public EventPipe {
  public:
    void notify() override {}
};

}  // namespace

bool SystemMemory::read(std::uint32_t tgid, std::uint64_t address, std::span<std::byte> into) {
    const iovec local = part(into.data(), into.size());
    const iovec remote = remote_part(address, into.size());
    const ssize_t got = ::process_vm_readv(static_cast<pid_t>(tgid), &local, 1, &remote, 1, 0);
    return got >= 0 && static_cast<std::size_t>(got) == into.size();
}

bool SystemMemory::write(std::uint32_t tgid,
                         std::uint64_t address,
                         std::span<const std::byte> from) {
    const iovec local = part(from.data(), from.size());
    const iovec remote = remote_part(address, from.size());
    const ssize_t put = ::process_vm_writev(static_cast<pid_t>(tgid), &local, 1, &remote, 1, 0);
    return put >= 0 && static_cast<std::size_t>(put) == from.size();
}

std::size_t SystemMemory::read_words(std::uint32_t tgid,
                                     std::span<const std::uint64_t> addresses,
                                     std::span<std::uint64_t> into) {
    std::array<iovec, most_words> remote{};
    const std::size_t wanted = std::min({addresses.size(), into.size(), remote.size()});
    for (std::size_t i = 0; i < wanted; ++i) {
        remote.at(i) = remote_part(addresses[i], sizeof(std::uint64_t));
    }
    const iovec local = part(into.data(), wanted * sizeof(std::uint64_t));
    // It ends before the first place that can not be reached, with what it has until then.
    const ssize_t got =
        ::process_vm_readv(static_cast<pid_t>(tgid), &local, 1, remote.data(), wanted, 0);
    return got > 0 ? static_cast<std::size_t>(got) / sizeof(std::uint64_t) : 0;
}

std::optional<TaskStatus> SystemTasks::status(std::uint32_t tid) {
    const Result<std::string> text = proc_.read(std::to_string(tid) + "/status");
    // Only tasks with memory have this line.
    if (!text || !value_of(*text, "VmSize")) {
        return std::nullopt;
    }
    const auto tgid = number_in(*text, "Tgid");
    const auto tracer = number_in(*text, "TracerPid");
    if (!tgid || !tracer) {
        return std::nullopt;
    }
    // The tracer that counts is the leader's.
    return *tgid == tid ? TaskStatus{*tgid, *tracer} : status(*tgid);
}

bool SystemTasks::belongs_to(std::uint32_t tid, std::uint32_t tgid) {
    // Signal 0 reaches nobody but tells whether the thread is in the group.
    return ::tgkill(static_cast<pid_t>(tgid), static_cast<pid_t>(tid), 0) == 0;
}

std::uint64_t SystemTasks::mask_of(std::uint32_t tid, std::string_view key) const {
    constexpr int hexadecimal = 16;
    const Result<std::string> text = proc_.read(std::to_string(tid) + "/status");
    const std::optional<std::string_view> mask = text ? value_of(*text, key) : std::nullopt;
    return mask ? parse_number<std::uint64_t>(trimmed(*mask), hexadecimal).value_or(0) : 0;
}

std::string SystemTasks::user_namespace(const std::string& task) const {
    std::array<char, 64> name{};
    const ssize_t length =
        ::readlink(proc_.path(task + "/ns/user").c_str(), name.data(), name.size());
    return length > 0 ? std::string(name.data(), static_cast<std::size_t>(length)) : "";
}

bool SystemTasks::has_capability(std::uint32_t tid, unsigned capability) {
    // The root of another user namespace has every capability, but only there.
    const std::string ours = user_namespace("self");
    return ((mask_of(tid, "CapEff") >> capability) & 1) != 0 &&
           user_namespace(std::to_string(tid)) == ours;
}

bool SystemTasks::is_32_bit(std::uint32_t tid) {
    constexpr std::array<char, EI_CLASS + 1> narrow{ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32};
    std::array<char, narrow.size()> head{};
    const std::string path = proc_.path(std::to_string(tid) + "/exe");
    const Fd program(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return ::pread(program.get(), head.data(), head.size(), 0) ==
               static_cast<ssize_t>(head.size()) &&
           head == narrow;
}

bool SystemTasks::is_being_killed(std::uint32_t tid) {
    // Whichever way a process is killed, the signal is pending at each of its threads until they
    // have left the kernel.
    constexpr std::uint64_t kill_bit = 1ULL << (SIGKILL - 1);
    return (mask_of(tid, "SigPnd") & kill_bit) != 0;
}

std::unique_ptr<EventPipe> SystemFiles::take(std::uint32_t tgid, std::uint32_t number) {
    const Result<Fd> process = open_pidfd(static_cast<pid_t>(tgid));
    if (!process) {
        return nullptr;
    }
    Result<Fd> file = duplicate_from(*process, static_cast<int>(number));
    if (!file) {
        return nullptr;
    }
    if ((::fcntl(file->get(), F_GETFL) & O_PATH) != 0) {
        return nullptr;  // Not open in the driver's eyes.
    }
    if (::fcntl(file->get(), F_GETPIPE_SZ) < 0) {
        return std::make_unique<DeafEnd>();
    }
    return std::make_unique<PipeEnd>(std::move(*file));
}

}  // namespace penstock::emulator
