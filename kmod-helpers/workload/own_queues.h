// SPDX-License-Identifier: Apache-2.0
//
// OwnQueues: how the workload obeys orders about its queues: UPDATE_QUEUE and SET_CU_MASK as any
// program may issue them for its own, and launches that it holds back itself.

#pragma once

#include <vector>

#include "client/cooperation/queue_keeper.h"
#include "kmod-helpers/workload/session.h"

namespace penstock::workload {

class OwnQueues final : public client::QueueKeeper {
  public:
    // `saves`: suspending takes queues off the device; otherwise it holds their launches.
    OwnQueues(const Session& session, std::uint32_t gpu_id, bool saves);

    Result<std::uint32_t> suspend(client::Place place) override;
    Result<std::uint32_t> resume(client::Place place) override;
    Result<std::uint32_t> limit_launches(client::Place place, std::uint32_t packets) override;
    Result<std::uint32_t> set_priority(client::Place place, std::uint32_t priority) override;
    Result<std::uint32_t> set_units(client::Place place,
                                    std::uint32_t first,
                                    std::uint32_t count) override;
    Result<> undo() override;

  private:
    struct Kept {
        ClientQueue* queue = nullptr;
        bool suspended = false;
        std::uint32_t priority = ordinary_queue_priority;
        bool all_units = true;
    };

    template <typename Change>
    Result<std::uint32_t> each(client::Place place, Change change);

    Result<> update(Kept& kept, bool suspended, std::uint32_t priority) const;
    Result<> suspend_or_resume(Kept& kept, bool suspended) const;
    Result<> mask(Kept& kept, std::uint32_t first, std::uint32_t count) const;

    const KfdClient& driver_;
    std::uint32_t gpu_id_;
    bool saves_;
    std::vector<Kept> kept_;
};

// Words of one bit per unit. Widened to whole pairs, because since gfx10 two units share a
// work-group processor and must be told the same; a count of 0 stands for all.
[[nodiscard]] std::vector<std::uint32_t> unit_mask(std::uint32_t first, std::uint32_t count);

}  // namespace penstock::workload
