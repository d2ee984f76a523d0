// SPDX-License-Identifier: Apache-2.0
//
// Unit quota: holds units back by a quota of processor time that systemd gives them.
//
// Each step looks at what the unit has before it sets anything. If that is not what was set last,
// somebody else has set it since: then it is his, and the unit is left alone until it is out of the
// order. What the unit had at first goes into the undo file before the first step, and comes back
// with the last. It never gets more than it had at first.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/actuation/cpu_limits.h"
#include "agent/actuation/systemd_units.h"
#include "agent/actuation/undo_file.h"

namespace penstock {

class UnitQuota final : public CpuLimits {
  public:
    // After a failure.
    static constexpr Duration next_try{std::chrono::seconds(5)};

    // What systemd keeps over a reload: whole percents.
    static constexpr std::uint64_t step_usec = 10'000;

    // Both outlive it.
    UnitQuota(SystemdUnits& manager, UndoFile& undo) : manager_(manager), undo_(undo) {}

    [[nodiscard]] std::string_view name() const override { return "quota"; }

    // What the undo file has of an agent before this one is lifted.
    void take_over();

    void hold(const CpuOrder& order) override;
    void turn(TimePoint now) override;
    [[nodiscard]] std::size_t standing() const override;

    [[nodiscard]] std::string trouble() const override { return trouble_; }

  private:
    struct Held {
        std::optional<std::uint64_t> wanted{};  // Nothing: as it was.
        std::optional<std::uint64_t> before{};  // Once it is in the undo file.
        std::optional<std::uint64_t> set{};     // By us, as last confirmed.
        bool foreign = false;                   // Somebody else has set another one since.
        bool settled = false;                   // What is wanted is set.
        std::unique_ptr<SystemdUnits::Call> call{};
        TimePoint try_at{};
    };

    void advance(const std::string& unit, Held& held);
    void found(const std::string& unit, std::uint64_t present);
    void enter(const std::string& unit, Held& held, std::uint64_t present);
    void approach(const std::string& unit, Held& held, std::uint64_t present);
    [[nodiscard]] static std::uint64_t goal_of(const Held& held);
    void set(const std::string& unit, Held& held, std::uint64_t quota);
    void confirmed(const std::string& unit, std::uint64_t quota);
    void failed(const std::string& unit, const Error& error);
    void forget(const std::string& unit);

    SystemdUnits& manager_;
    UndoFile& undo_;
    std::map<std::string, Held> units_{};
    std::string trouble_{};
    TimePoint now_{};
};

}  // namespace penstock
