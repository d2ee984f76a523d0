// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/system_ports.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

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

std::unique_ptr<EventPipe> SystemFiles::take(std::uint32_t tgid, std::uint32_t number) {
    const Result<Fd> process = open_pidfd(static_cast<pid_t>(tgid));
    if (!process) {
        return nullptr;
    }
    Result<Fd> file = duplicate_from(*process, static_cast<int>(number));
    if (!file) {
        return nullptr;
    }
    if (::fcntl(file->get(), F_GETPIPE_SZ) < 0) {
        return std::make_unique<DeafEnd>();
    }
    return std::make_unique<PipeEnd>(std::move(*file));
}

}  // namespace penstock::emulator
