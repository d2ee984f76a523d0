// SPDX-License-Identifier: Apache-2.0
//
// Debug rung: debug-suspend, through the driver's debugger interface, from the seizure to its end.
//
// While it exists, the driver makes the target wait in its runtime's start and end for our answer:
// take_news() must be called whenever events() is readable. Where the driver goes on obeying a
// debugger that has let go, the target is traced only for the moment of the attachment: another
// debugger may look at it then.

#pragma once

#include <memory>

#include "agent/gate/ladder.h"
#include "base/fd.h"

namespace penstock::gate {

class DebugRung final : public Rung {
  public:
    // Also on failure the queues that came to light are in `climber.seen`.
    static Result<std::unique_ptr<Rung>> make(const Ports& ports, Climber& climber);

    ~DebugRung() override;

    [[nodiscard]] PreemptionLevel level() const override { return PreemptionLevel::debug_suspend; }

    // Only compute queues: the driver takes others too, and then misreads their save areas.
    [[nodiscard]] bool takes(QueueType type) const override {
        return type == QueueType::compute_aql || type == QueueType::compute_pm4;
    }

    [[nodiscard]] int events() const override { return read_end_.get(); }

    // Answers what the target waits for.
    News take_news() override;

    Result<kfd::Reach> suspend(GpuId gpu, std::span<std::uint32_t> queues) override;
    Result<kfd::Reach> resume(GpuId gpu, std::span<std::uint32_t> queues) override;
    Result<std::optional<std::vector<kfd::QueueSnapshotEntry>>> snapshot() override;

  private:
    DebugRung(const Ports& ports, std::uint32_t pid)
        : debug_(*ports.debug), tracer_(ports.tracer), pid_(pid) {}

    Result<> enable();

    kfd::DebugPort& debug_;
    Tracer& tracer_;
    std::uint32_t pid_;
    bool enabled_ = false;
    bool seized_ = false;  // For as long as it lasts: the driver obeys only a tracer.
    kfd::RuntimeState runtime_ = kfd::RuntimeState::disabled;
    Fd read_end_;
};

// Why suspending can not work in this state; empty when it can.
[[nodiscard]] std::string_view trouble_with(kfd::RuntimeState state);

}  // namespace penstock::gate
