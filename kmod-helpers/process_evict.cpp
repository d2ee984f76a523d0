// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/process_evict.h"

#include <sys/ioctl.h>

#include <cerrno>
#include <optional>

namespace penstock::kfd {
namespace {

std::string explained(int code, std::string doing) {
    if (code == EACCES) {
        return doing + " (needs CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN)";
    }
    if (code == ENOTTY) {
        return doing +
               " (the driver's interface has no CRIU_OP, expected 1.7, Linux 5.18, or later)";
    }
    return doing;
}

Result<Criu> call(const Fd& file, CriuOp op, std::string doing) {
    Criu argument{.op = static_cast<std::uint32_t>(op)};
    if (::ioctl(file.get(), request<Criu>(Nr::criu_op), &argument) < 0) {
        const int code = errno;
        return fail(code, explained(code, std::move(doing)));
    }
    return argument;
}

// Nobody of the process is evicted: it was not, or it has ended.
bool means_nothing_to_restore(int code) {
    return code == EINVAL || code == ESRCH;
}

}  // namespace

Result<std::vector<Fd>> DriverEvictPort::files_of(const Fd& pidfd, pid_t pid) {
    return borrow_device_files(pidfd, pid, device_);
}

// Not tried again when a signal interrupts it: it may have evicted, and must not do so twice.
Result<std::uint32_t> DriverEvictPort::evict(const Fd& file) {
    const Result<Criu> done = call(file, CriuOp::process_info, "evict its queues");
    if (!done) {
        return std::unexpected(done.error());
    }
    return done->pid;
}

Result<> DriverEvictPort::restore(const Fd& file) {
    for (;;) {
        const Result<Criu> done = call(file, CriuOp::unpause, "restore its queues");
        if (done) {
            return {};
        }
        if (done.error().code != EINTR) {
            return std::unexpected(done.error());
        }
    }
}

Result<> restore_each(EvictPort& port, std::span<const Fd> files) {
    std::optional<Error> trouble;
    bool reached = false;
    for (const Fd& file : files) {
        const Result<> done = port.restore(file);
        if (done || means_nothing_to_restore(done.error().code)) {
            reached = true;
        } else if (done.error().code != EBADF) {
            trouble = done.error();
        }
    }
    if (trouble) {
        return std::unexpected(std::move(*trouble));
    }
    if (!reached) {
        return fail("restore its queues: none of its device files is its own");
    }
    return {};
}

}  // namespace penstock::kfd
