// SPDX-License-Identifier: Apache-2.0
//
// Debug trap: suspends and resumes chosen queues of another process through the driver's debugger
// interface, DBG_TRAP.
//
// The driver asks that the calling thread is the target's ptrace tracer. When the caller's memory
// goes away, however it dies, the driver resumes everything it had suspended.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/kfd_device.h"

namespace penstock::kfd {

struct DebugEvent {
    std::uint64_t exceptions = 0;
    std::uint32_t gpu = 0;
    std::uint32_t queue = 0;
};

// What became of the queues of one call. The array tells which: queue_invalid_bit, queue_error_bit.
struct Reach {
    std::uint32_t reached = 0;
    std::uint32_t unknown =
        0;                     // Not there, being destroyed, or new and not yet seen in a snapshot.
    std::uint32_t failed = 0;  // The hardware did not do it.
};

// The door to the driver: tests put a fake behind it.
class DebugPort {
  public:
    virtual ~DebugPort() = default;

    // From now on the pipe gets one byte per event. The state tells whether suspending can work.
    virtual Result<RuntimeState> enable(std::uint32_t pid, int event_pipe) = 0;

    // Resumes everything.
    virtual Result<> disable(std::uint32_t pid) = 0;

    // Lets a target go on that waits in its runtime's start or end for the debugger.
    virtual Result<> answer_runtime(std::uint32_t pid) = 0;

    // Unreached queues get their bit set in the array.
    virtual Result<Reach> suspend(std::uint32_t pid, std::span<std::uint32_t> queues) = 0;
    virtual Result<Reach> resume(std::uint32_t pid, std::span<std::uint32_t> queues) = 0;

    // Takes one event; nothing when there is none.
    virtual Result<std::optional<DebugEvent>> next_event(std::uint32_t pid) = 0;

    // Whether the driver obeys whoever has enabled debugging also from a thread that does not trace
    // the target. Kernels differ, and nothing but trying tells.
    virtual bool obeys_untraced(std::uint32_t pid) = 0;

    // All queues of the target. A new queue can be suspended once it was in a snapshot.
    virtual Result<std::vector<QueueSnapshotEntry>> snapshot(std::uint32_t pid) = 0;
};

class DriverDebugPort final : public DebugPort {
  public:
    explicit DriverDebugPort(const KfdDevice& device) : device_(device) {}

    Result<RuntimeState> enable(std::uint32_t pid, int event_pipe) override;
    Result<> disable(std::uint32_t pid) override;
    Result<> answer_runtime(std::uint32_t pid) override;
    Result<Reach> suspend(std::uint32_t pid, std::span<std::uint32_t> queues) override;
    Result<Reach> resume(std::uint32_t pid, std::span<std::uint32_t> queues) override;
    Result<std::optional<DebugEvent>> next_event(std::uint32_t pid) override;
    bool obeys_untraced(std::uint32_t pid) override;
    Result<std::vector<QueueSnapshotEntry>> snapshot(std::uint32_t pid) override;

  private:
    Result<int> call(DebugTrap& argument, std::string_view doing);

    const KfdDevice& device_;
    std::optional<bool> obeys_untraced_{};  // The kernel's rule: the same for every target.
};

// Counts the bits that the driver has set in the array.
[[nodiscard]] Reach reach_of(std::span<const std::uint32_t> queues);

}  // namespace penstock::kfd
