// SPDX-License-Identifier: Apache-2.0
//
// Evict rung: process-evict, through the driver's checkpoint interface, on the target's own open
// file.
//
// It takes all queues of the process off all devices at once, whatever their type: while it is
// suspended on one device it runs on none, and it runs again when it has been resumed on the last.
// No kernel undoes that, so each eviction stands in the ledger before it happens.
//
// Somebody else may evict the same process: a checkpoint of it, or the process itself. While we
// trace it no checkpoint can, but one that died may have left it evicted. On kernels that count
// evictions a second one would stay for ever, so each is preceded by a restore.

#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "agent/gate/eviction_ledger.h"
#include "agent/gate/rung.h"
#include "kmod-helpers/process_evict.h"

namespace penstock::gate {

struct EvictParts {
    kfd::EvictPort& port;
    EvictionLedger& ledger;
    Tree proc{"/proc"};
};

class EvictRung final : public Rung {
  public:
    // `ports` and the target's pidfd outlive the rung.
    static Result<std::unique_ptr<Rung>> make(const Ports& ports,
                                              const Target& target,
                                              EvictParts parts);

    EvictRung(const EvictRung&) = delete;
    EvictRung& operator=(const EvictRung&) = delete;
    ~EvictRung() override;

    [[nodiscard]] PreemptionLevel level() const override { return PreemptionLevel::process_evict; }

    [[nodiscard]] bool takes(QueueType /*type*/) const override { return true; }

    Result<kfd::Reach> suspend(GpuId gpu, std::span<std::uint32_t> queues) override;
    Result<kfd::Reach> resume(GpuId gpu, std::span<std::uint32_t> queues) override;

  private:
    EvictRung(const Ports& ports, const Target& target, EvictParts parts)
        : ports_(ports), target_(target), parts_(std::move(parts)) {}

    Result<> prepare();
    Result<> evict();
    Result<> evict_own_process();
    Result<> restore();
    void strike_left_over();

    [[nodiscard]] pid_t pid() const { return static_cast<pid_t>(target_.pid); }

    const Ports& ports_;
    Target target_;
    EvictParts parts_;
    Incarnation process_{};
    std::uint32_t own_pid_ = 0;
    std::vector<Fd> files_;  // Of the device; after the first eviction only the process' own.
    std::vector<GpuId> suspended_on_;
    std::optional<EvictionLedger::Line> line_{};  // While it is evicted, or may be.
};

}  // namespace penstock::gate
