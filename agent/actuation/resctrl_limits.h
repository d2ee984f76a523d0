// SPDX-License-Identifier: Apache-2.0
//
// Resctrl limits: holds units back by MBA, which slows the processors' requests to memory down
// while their programs run.
//
// All share one control group, because a processor has 8 to 16 in all. Its share is the same for
// everybody in it. What MBA does not slow down is what devices move: graphics, DMA.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/actuation/bandwidth_schemata.h"
#include "agent/actuation/control_groups.h"
#include "agent/actuation/cpu_limits.h"
#include "agent/actuation/undo_file.h"
#include "agent/actuation/unit_threads.h"
#include "base/tree.h"

namespace penstock {

class ResctrlLimits final : public CpuLimits {
  public:
    static constexpr Duration next_try{std::chrono::seconds(5)};

    // Each is a write, and the tick waits.
    static constexpr std::size_t moves_in_a_turn = 32;

    struct Roots {
        std::string resctrl = "/sys/fs/resctrl";
        std::string cgroups = "/sys/fs/cgroup";
    };

    // The undo file outlives it. What is limited when this goes stays in the undo file.
    ResctrlLimits(const Roots& roots, std::unique_ptr<ControlGroups> groups, UndoFile& undo)
        : resctrl_(roots.resctrl),
          groups_(std::move(groups)),
          undo_(undo),
          threads_(roots.cgroups) {}

    // Whether it can work here, and nobody else gives out the processor's groups.
    [[nodiscard]] Result<> check() const;

    // What the undo file has of an agent before this one is lifted in the next turn.
    void take_over();

    [[nodiscard]] std::string_view name() const override { return "resctrl"; }

    void hold(const CpuOrder& order) override;
    void turn(TimePoint now) override;
    [[nodiscard]] std::size_t standing() const override;

    [[nodiscard]] std::string trouble() const override { return trouble_; }

  private:
    [[nodiscard]] Result<BandwidthSchemata> read() const;
    [[nodiscard]] std::set<std::uint32_t> present() const;
    Result<> work();
    Result<> make();
    Result<> limit(const BandwidthSchemata& schemata);
    Result<> lift();
    Result<> move_some();
    Result<> write(const std::string& file, const std::string& text);

    Tree resctrl_;
    std::unique_ptr<ControlGroups> groups_;
    UndoFile& undo_;
    UnitThreads threads_;
    CpuOrder order_{};
    std::optional<BandwidthSchemata> schemata_{};  // While there is the group.
    std::optional<std::uint64_t> value_{};         // As written.
    bool entered_ = false;                         // The undo file has the group.
    bool left_ = false;                            // By a former agent.
    bool stale_ = false;  // Somebody is in the group who is not in the order any more.
    std::string trouble_{};
    TimePoint try_at_{};
    TimePoint now_{};
};

}  // namespace penstock
