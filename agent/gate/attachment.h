// SPDX-License-Identifier: Apache-2.0
//
// Attachment: the right to suspend one process' queues, from the seizure to its end.
//
// While it exists, the driver makes the target wait in its runtime's start and end for our answer:
// take_events() must be called whenever events() is readable. The end of an attachment resumes
// everything.

#pragma once

#include <memory>
#include <span>

#include "agent/gate/ports.h"
#include "base/fd.h"

namespace penstock::gate {

struct Target {
    std::uint32_t pid = 0;
    int pidfd = -1;
};

class Attachment {
  public:
    static Result<std::unique_ptr<Attachment>> make(const Ports& ports, Target target);

    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;
    ~Attachment();

    [[nodiscard]] kfd::RuntimeState runtime() const { return runtime_; }

    [[nodiscard]] int events() const { return read_end_.get(); }

    // Answers what the target waits for. True when its queues may have changed.
    bool take_events();

    // As in DebugPort.
    Result<kfd::Reach> suspend(std::span<std::uint32_t> queues);
    Result<kfd::Reach> resume(std::span<std::uint32_t> queues);
    Result<std::vector<kfd::QueueSnapshotEntry>> snapshot();

  private:
    Attachment(const Ports& ports, std::uint32_t pid)
        : debug_(*ports.debug), tracer_(ports.tracer), pid_(pid) {}

    Result<> enable();

    kfd::DebugPort& debug_;
    Tracer& tracer_;
    std::uint32_t pid_;
    bool enabled_ = false;
    kfd::RuntimeState runtime_ = kfd::RuntimeState::disabled;
    Fd read_end_;
    Fd write_end_;  // The driver's end, kept open so that ours never reads as hung up.
};

// Why suspending can not work in this state; empty when it can.
[[nodiscard]] std::string_view trouble_with(kfd::RuntimeState state);

}  // namespace penstock::gate
