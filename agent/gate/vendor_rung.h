// SPDX-License-Identifier: Apache-2.0
//
// Vendor rung: vendor-ioctl, queue by queue, through requests that only a patched driver has.
//
// No kernel is known to resume what the caller of such a request leaves behind, so each queue
// stands in the ledger before it is preempted.

#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "agent/gate/eviction_ledger.h"
#include "agent/gate/rung.h"
#include "kmod-helpers/vendor_ioctl.h"

namespace penstock::gate {

struct VendorParts {
    kfd::VendorPort& port;
    EvictionLedger& ledger;
    Tree proc{"/proc"};
};

class VendorRung final : public Rung {
  public:
    // Asks the driver nothing. `ports` and the target's pidfd outlive the rung.
    static Result<std::unique_ptr<Rung>> make(const Ports& ports,
                                              const Target& target,
                                              VendorParts parts);

    VendorRung(const VendorRung&) = delete;
    VendorRung& operator=(const VendorRung&) = delete;
    ~VendorRung() override;

    [[nodiscard]] PreemptionLevel level() const override { return PreemptionLevel::vendor_ioctl; }

    [[nodiscard]] bool takes(QueueType type) const override {
        return type == QueueType::compute_aql || type == QueueType::compute_pm4;
    }

    // An error means that the process has ended or the ledger takes no more; what was preempted
    // until then stays so.
    Result<kfd::Reach> suspend(GpuId gpu, std::span<std::uint32_t> queues) override;
    Result<kfd::Reach> resume(GpuId gpu, std::span<std::uint32_t> queues) override;

  private:
    struct Preempted {
        std::uint32_t queue = 0;
        EvictionLedger::Line line = 0;
    };

    VendorRung(const Ports& ports, const Target& target, VendorParts parts)
        : ports_(ports), target_(target), parts_(std::move(parts)) {}

    Result<> preempt(std::uint32_t& queue);
    void give_back(std::uint32_t& queue);

    // False when nothing was left to resume.
    Result<bool> resume_one(std::uint32_t queue);

    [[nodiscard]] Result<> check_alive() const;

    const Ports& ports_;
    Target target_;
    VendorParts parts_;
    Incarnation process_{};
    std::vector<Preempted> preempted_;  // Also what may be, after a request that failed.
};

// The queue or its process is gone, and nothing of it left to resume.
[[nodiscard]] bool means_no_such_queue(int code);

}  // namespace penstock::gate
