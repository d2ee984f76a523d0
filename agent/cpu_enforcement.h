// SPDX-License-Identifier: Apache-2.0
//
// CPU enforcement: joins what measures units, what decides who is held back, and what does it.
//
// Nothing here waits but the end: every tick reads a file or two, and systemd answers when it does.
// Only the destructor waits, until everybody is free or systemd has not answered in time; what is
// left then stands in the undo file.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/actuation/resctrl_limits.h"
#include "agent/actuation/unit_quota.h"
#include "agent/cpu_limit_lines.h"
#include "agent/probes/units/unit_watch.h"
#include "agent/publish/connection.h"
#include "policies/cpu_throttle.h"
#include "policies/cpu_throttle_names.h"

namespace penstock {

class CpuEnforcement {
  public:
    struct Places {
        std::string undo_file{};  // Empty: nobody is held back, as nobody could undo it.
        std::string bus{};        // As Options has it.
        std::string cgroups{};
        std::string resctrl{};
    };

    struct Wishes {
        CpuThrottleMode mode = CpuThrottleMode::advice;
        std::vector<std::string> units{};  // Names with * and ?, of who may be held back.
        bool operator==(const Wishes&) const = default;
    };

    // Units in which somebody holds a critical lease.
    using Spared = std::function<std::vector<std::string>()>;

    // The event loop outlives it.
    CpuEnforcement(Places places, sd_event* event, Spared spared);

    ~CpuEnforcement();
    CpuEnforcement(const CpuEnforcement&) = delete;
    CpuEnforcement& operator=(const CpuEnforcement&) = delete;
    CpuEnforcement(CpuEnforcement&&) = delete;
    CpuEnforcement& operator=(CpuEnforcement&&) = delete;

    // From now on; the first time begins to lift what a former agent has left limited.
    void follow(Wishes wishes);

    // At every tick. True every now and then: lines() and trouble() may be others than before.
    bool turn(const Snapshot& seen);

    // An operator lets everybody go.
    void let_go(TimePoint now);

    // Whether somebody is held back, or something is left to do.
    [[nodiscard]] std::string trouble() const;

    // For people: one line on all, and one for each unit. None where nobody may be held back.
    [[nodiscard]] std::vector<std::string> lines() const;

  private:
    void take_over();
    void take_over_quotas(TimePoint now);
    [[nodiscard]] bool is_wanted() const;
    [[nodiscard]] std::vector<UnitUse> candidates() const;
    void measure(const Snapshot& seen);
    void enforce(const Snapshot& seen);
    void hold(const CpuOrder& order, TimePoint now);
    void choose_means();
    [[nodiscard]] Result<UnitQuota*> quota();
    [[nodiscard]] bool may_act(const Snapshot& seen) const;

    Places places_;
    sd_event* event_;
    Spared spared_;
    Wishes wishes_{};
    UndoFile undo_;
    bool loaded_ = false;
    bool owes_quotas_ = false;  // Those that a former agent has left are still to be lifted.
    UnitWatch watch_;
    CpuThrottle throttle_{};
    ResctrlLimits resctrl_;
    dbus::Connection bus_{};
    std::optional<SystemdUnits> manager_{};
    std::optional<UnitQuota> quota_{};
    CpuLimits* means_ = nullptr;  // One of the two; null where nobody is held back.
    std::string trouble_{};
    bool acts_ = false;  // As of the last turn.
    CpuLimitLines told_{};
    CpuOrder held_{};  // As it was last handed on.
    TimePoint hold_due_{};
    TimePoint look_due_{};
    TimePoint choose_due_{};
};

// The verb of the unit's ExecStopPost: lifts what the undo file says, and waits for it. Tells what
// it could not lift.
std::vector<std::string> undo_cpu_limits(const CpuEnforcement::Places& places);

}  // namespace penstock
