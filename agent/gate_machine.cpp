// SPDX-License-Identifier: Apache-2.0

#include "agent/gate_machine.h"

#include <algorithm>

#include "agent/gate/cooperative_rung.h"
#include "agent/gate/debug_rung.h"
#include "agent/gate/evict_rung.h"
#include "agent/gate/restoration.h"
#include "agent/gate/vendor_rung.h"

namespace penstock::gate {

using Climbing = Result<std::unique_ptr<Rung>>;

Result<std::unique_ptr<GateMachine>> GateMachine::open(const Settings& settings) {
    std::unique_ptr<GateMachine> machine(new GateMachine(settings));
    if (Result<> opened = machine->open_device(); !opened) {
        return std::unexpected(std::move(opened).error());
    }
    machine->build_ladder();
    return machine;
}

Result<> GateMachine::open_device() {
    Result<kfd::VendorIoctl> layout = fail("");
    if (!settings_.vendor_ioctl.empty()) {
        layout = kfd::VendorIoctl::parse(settings_.vendor_ioctl);
        if (!layout) {
            return std::unexpected(layout.error());
        }
    }
    const Result<kfd::DeviceIdentity> identity = kfd::DeviceIdentity::of_path(settings_.kfd_path);
    device_ = kfd::KfdDevice::open(settings_.kfd_path);
    if (!device_ || !identity) {
        facts_.trouble = (!device_ ? device_.error() : identity.error()).message();
        return {};
    }
    facts_ = {.kfd_major = device_->version().major, .kfd_minor = device_->version().minor};
    if (device_->has_debug_trap()) {
        debug_.emplace(*device_);
    } else {
        facts_.trouble = "the driver's interface is version " + std::to_string(facts_.kfd_major) +
                         "." + std::to_string(facts_.kfd_minor) +
                         ", expected 1.13 (Linux 6.5) or later, which can suspend queues";
    }
    // On an older driver the number may mean anything.
    if (device_->version().minor >= kfd::abi_minor_criu) {
        evict_.emplace(*identity);
    }
    if (layout) {
        vendor_.emplace(*device_, *layout);
    }
    return {};
}

void GateMachine::build_ladder() {
    ladder_.add(PreemptionLevel::cooperative_save, &CooperativeRung::make_saving);
    ladder_.add(PreemptionLevel::debug_suspend,
                [this](const Ports& ports, Climber& climber) -> Climbing {
                    return debug_ ? DebugRung::make(ports, climber) : fail(facts_.trouble);
                });
    if (vendor_) {
        ladder_.add(PreemptionLevel::vendor_ioctl,
                    [this](const Ports& ports, Climber& climber) -> Climbing {
                        if (!ledger_) {
                            return fail(no_ledger());
                        }
                        return VendorRung::make(
                            ports, climber.target, {.port = *vendor_, .ledger = *ledger_});
                    });
    }
    ladder_.add(
        PreemptionLevel::process_evict, [this](const Ports& ports, Climber& climber) -> Climbing {
            if (!climber.may_evict) {
                return fail("no rule allows it");
            }
            if (!evict_ || !ledger_) {
                return fail(!evict_ ? facts_.trouble : no_ledger());
            }
            return EvictRung::make(ports, climber.target, {.port = *evict_, .ledger = *ledger_});
        });
    ladder_.add(PreemptionLevel::launch_limit, &CooperativeRung::make_limiting);
}

std::string GateMachine::no_ledger() const {
    return ledger_trouble_.empty() ? "there is no ledger (--ledger)" : ledger_trouble_;
}

// Again and again while another gate holds it: one that was killed dies only when the driver lets
// go of it.
void GateMachine::open_ledger() {
    Result<EvictionLedger> opened = EvictionLedger::open(settings_.ledger);
    if (opened) {
        ledger_.emplace(std::move(*opened));
        ledger_trouble_.clear();
    } else {
        ledger_trouble_ = opened.error().message();
    }
}

std::vector<std::string> GateMachine::undo_leftovers(Tracer& tracer) {
    std::vector<std::string> found;
    if (!ledger_ && !settings_.ledger.empty()) {
        open_ledger();
    }
    if (ledger_) {
        Restored restored = restore_all(*ledger_,
                                        {.tracer = tracer,
                                         .evict = evict_ ? &*evict_ : nullptr,
                                         .vendor = vendor_ ? &*vendor_ : nullptr});
        settled_ = restored.troubles.empty();
        found = std::move(restored.troubles);
        if (restored.resumed > 0) {
            found.push_back(std::to_string(restored.resumed) +
                            " suspensions that an earlier gate left behind are undone");
        }
    } else if (!ledger_trouble_.empty()) {
        found.push_back(ledger_trouble_);
    }
    std::erase_if(found, [&](const std::string& line) {
        const bool known = std::ranges::find(said_, line) != said_.end();
        if (!known) {
            said_.push_back(line);
        }
        return known;
    });
    return found;
}

}  // namespace penstock::gate
