// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/unit_quota.h"

#include <algorithm>
#include <cmath>
#include <ranges>
#include <utility>
#include <vector>

namespace penstock {
namespace {

constexpr double usec_per_second = 1e6;

std::uint64_t quota_of(const CpuLimit& limit) {
    const double steps = std::round(limit.processors * usec_per_second / UnitQuota::step_usec);
    return static_cast<std::uint64_t>(std::clamp(steps, 1.0, 1e6)) * UnitQuota::step_usec;
}

}  // namespace

void UnitQuota::take_over() {
    for (const UndoEntry& entry : undo_.entries()) {
        if (entry.kind == UndoEntry::Kind::quota) {
            units_[entry.name].before = entry.before;
        }
    }
    turn(now_);
}

void UnitQuota::hold(const CpuOrder& order) {
    for (auto& [unit, held] : units_) {
        const auto limit = std::ranges::find(order.limits, unit, &CpuLimit::unit);
        if (limit == order.limits.end() && held.wanted) {
            held.wanted.reset();
            held.settled = false;
        }
    }
    for (const CpuLimit& limit : order.limits) {
        Held& held = units_[limit.unit];
        const std::uint64_t quota = quota_of(limit);
        held.settled = held.settled && held.wanted == quota;
        held.wanted = quota;
    }
    turn(now_);
}

void UnitQuota::turn(TimePoint now) {
    now_ = now;
    std::vector<std::string> names;
    for (const auto& [unit, held] : units_) {
        if (!held.call && !held.settled && now >= held.try_at) {
            names.push_back(unit);
        }
    }
    for (const std::string& unit : names) {
        advance(unit, units_.at(unit));
    }
}

// One call at a time for each unit.
void UnitQuota::advance(const std::string& unit, Held& held) {
    if (!held.wanted && (!held.before || held.foreign)) {
        forget(unit);
        return;
    }
    if (held.foreign) {
        held.settled = true;
        return;
    }
    auto call = manager_.ask_quota(unit, [this, unit](const Result<std::uint64_t>& present) {
        units_.at(unit).call.reset();
        if (present) {
            found(unit, *present);
        } else {
            failed(unit, present.error());
        }
    });
    if (call) {
        held.call = std::move(*call);
    } else {
        failed(unit, call.error());
    }
}

void UnitQuota::found(const std::string& unit, std::uint64_t present) {
    Held& held = units_.at(unit);
    if (held.set && present != *held.set) {
        // An entry that stays would put back what is not there any more.
        held.foreign = true;
        static_cast<void>(undo_.strike(UndoEntry::Kind::quota, unit));
        trouble_ = "the quota of " + unit + " was set by somebody else, who keeps it";
        advance(unit, held);
    } else if (held.before) {
        approach(unit, held, present);
    } else if (held.wanted) {
        enter(unit, held, present);
    } else {
        forget(unit);  // It was wanted when the manager was asked.
    }
}

void UnitQuota::enter(const std::string& unit, Held& held, std::uint64_t present) {
    const UndoEntry entry{.kind = UndoEntry::Kind::quota, .name = unit, .before = present};
    if (const Result<> entered = undo_.enter(entry); !entered) {
        // Its code says nothing about the unit.
        failed(unit,
               {.doing = "nobody is limited without a way back: " + entered.error().message()});
        return;
    }
    held.before = present;
    approach(unit, held, present);
}

void UnitQuota::approach(const std::string& unit, Held& held, std::uint64_t present) {
    if (const std::uint64_t quota = goal_of(held); quota == present) {
        confirmed(unit, quota);
    } else {
        set(unit, held, quota);
    }
}

// Nobody gets more than he had.
std::uint64_t UnitQuota::goal_of(const Held& held) {
    return std::min(held.wanted.value_or(no_quota), held.before.value_or(no_quota));
}

void UnitQuota::set(const std::string& unit, Held& held, std::uint64_t quota) {
    auto call =
        manager_.set_quota(unit, quota, [this, unit, quota](const Result<std::uint64_t>& done) {
            units_.at(unit).call.reset();
            if (done) {
                confirmed(unit, quota);
            } else {
                failed(unit, done.error());
            }
        });
    if (call) {
        held.call = std::move(*call);
    } else {
        failed(unit, call.error());
    }
}

// By now something else may be wanted.
void UnitQuota::confirmed(const std::string& unit, std::uint64_t quota) {
    Held& held = units_.at(unit);
    held.set = quota;
    trouble_.clear();
    if (quota != goal_of(held)) {
        advance(unit, held);
    } else if (held.wanted) {
        held.settled = true;
    } else {
        forget(unit);
    }
}

void UnitQuota::failed(const std::string& unit, const Error& error) {
    Held& held = units_.at(unit);
    if (error.code == SystemdUnits::no_such_unit) {
        // With a unit its limits end.
        forget(unit);
        return;
    }
    held.set.reset();  // Whether an attempt took hold is not known.
    held.try_at = now_ + next_try;
    trouble_ = unit + " is not held back: " + error.message();
}

void UnitQuota::forget(const std::string& unit) {
    if (const Result<> struck = undo_.strike(UndoEntry::Kind::quota, unit); !struck) {
        trouble_ = struck.error().message();
    }
    units_.erase(unit);
}

std::size_t UnitQuota::standing() const {
    return static_cast<std::size_t>(std::ranges::count_if(units_, [](const auto& each) {
        return each.second.before && each.second.set && !each.second.foreign;
    }));
}

}  // namespace penstock
