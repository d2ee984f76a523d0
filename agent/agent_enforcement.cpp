// SPDX-License-Identifier: Apache-2.0
//
// The agent and what it limits on the processors: who may be, who is spared, and what is told of
// it.

#include <utility>

#include "agent/agent.h"
#include "agent/process_origin.h"
#include "base/clock.h"

namespace penstock {
namespace {

CpuEnforcement::Wishes wishes_of(const config::Settings& settings) {
    return {.mode = cpu_throttle_mode_named(settings.cpu_throttle).value_or(CpuThrottleMode::off),
            .units = settings.cpu_throttle_units};
}

}  // namespace

CpuEnforcement::Places cpu_places(const Options& options) {
    return {.undo_file = options.undo_file,
            .bus = options.bus,
            .cgroups = options.cgroups,
            .resctrl = options.sysfs_root + "/fs/resctrl"};
}

void Agent::prepare_enforcement() {
    if (!enforcement_) {
        enforcement_ = std::make_unique<CpuEnforcement>(
            cpu_places(options_), events_.get(), [this] { return units_with_critical_leases(); });
    }
    enforcement_->follow(wishes_of(settings()));
}

// Their holders may have no queues, so that the snapshot does not know them.
std::vector<std::string> Agent::units_with_critical_leases() const {
    std::vector<std::string> units;
    for (const Lease& lease : bus_->leases().ledger().all()) {
        if (lease.held && lease.wish.lease_class == LeaseClass::critical &&
            lease.wish.party.pid != 0) {
            units.push_back(origin_of(proc_, lease.wish.party.pid).unit);
        }
    }
    return units;
}

void Agent::enforce() {
    if (!enforcement_->turn(loop_->state().snapshot())) {
        return;
    }
    bus_->show_cpu_limits(enforcement_->lines());
    if (std::string trouble = enforcement_->trouble(); trouble != enforcement_trouble_) {
        enforcement_trouble_ = std::move(trouble);
        publish_reasons();
    }
}

}  // namespace penstock
