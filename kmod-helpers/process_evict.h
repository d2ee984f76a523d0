// SPDX-License-Identifier: Apache-2.0
//
// Process evict: takes all queues of another process off all devices and puts them back, through
// the driver's checkpoint interface, CRIU_OP. It needs neither a runtime that can be debugged nor
// Linux 6.5.
//
// The driver asks that the calling thread is the process' ptrace tracer, and acts on the process
// that opened the file. Nothing but restore() ends an eviction: not even the caller's death.
// Whoever evicts writes it down first.

#pragma once

#include <span>

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/device_files.h"

namespace penstock::kfd {

// The door to the driver: tests put a fake behind it.
class EvictPort {
  public:
    virtual ~EvictPort() = default;

    // The device's open files that the process has, never none; as borrow_device_files().
    virtual Result<std::vector<Fd>> files_of(const Fd& pidfd, pid_t pid) = 0;

    // Returns the pid of the process that it has evicted, as that process knows itself. Never twice
    // without a restore() between: some kernels count evictions, and then one of them stays.
    virtual Result<std::uint32_t> evict(const Fd& file) = 0;

    // EINVAL when it was not evicted; EBADF when another process opened the file, or we do not
    // trace it.
    virtual Result<> restore(const Fd& file) = 0;
};

class DriverEvictPort final : public EvictPort {
  public:
    explicit DriverEvictPort(DeviceIdentity device) : device_(device) {}

    Result<std::vector<Fd>> files_of(const Fd& pidfd, pid_t pid) override;
    Result<std::uint32_t> evict(const Fd& file) override;
    Result<> restore(const Fd& file) override;

  private:
    DeviceIdentity device_;
};

// Ends whatever eviction there is, by whomever. Files that another process opened are passed over;
// that all of them are is an error.
[[nodiscard]] Result<> restore_each(EvictPort& port, std::span<const Fd> files);

}  // namespace penstock::kfd
