// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/presets.h"
#include "kmod-helpers/doctor/sections.h"

namespace penstock::doctor {
namespace {

// Saving all waves of a large device through PCIe takes milliseconds; what takes longer than the
// limit counts as a hang, and the driver resets the device under everybody.
constexpr std::int64_t shortest_sane_timeout_ms = 1000;

Finding driver(const Facts& facts) {
    Finding finding{.subject = "driver", .found = "amdgpu of the running kernel"};
    if (facts.file.kind == DeviceFile::Kind::emulator) {
        finding.found = "the emulator";
        finding.consequence = "All figures of this machine are emulated.";
        return finding;
    }
    if (!facts.module.loaded) {
        finding.state = State::broken;
        finding.found = "amdgpu is not loaded";
        finding.consequence = "Without it there are no compute queues, and nothing to schedule.";
        finding.change = std::string("modprobe amdgpu; to load it at every start, copy ") +
                         modules_load_preset + " to /etc/modules-load.d without its \"#\"";
        return finding;
    }
    if (!facts.module.version.absent()) {
        finding.found =
            "amdgpu from outside the kernel's tree, version " + found_text(facts.module.version);
        finding.consequence = "What it offers does not follow from the kernel's version.";
    }
    return finding;
}

Finding about(const std::string& parameter, const Number& fact) {
    Finding finding{.subject = "amdgpu." + parameter, .found = found_text(fact)};
    if (!fact.value) {
        finding.state = State::unknown;
    }
    return finding;
}

Finding cwsr_enable(const Number& fact) {
    Finding finding = about("cwsr_enable", fact);
    if (fact.value == 0) {
        finding.state = State::broken;
        finding.consequence =
            "Running waves are not saved, so no queue can be taken off a device while it works.";
        finding.change = module_option("cwsr_enable=1");
    }
    return finding;
}

Finding sched_policy(const Number& fact) {
    Finding finding = about("sched_policy", fact);
    if (fact.value == 1) {
        finding.state = State::limited;
        finding.consequence =
            "Queues beyond the device's slots are refused instead of taking turns.";
        finding.change = module_option("sched_policy=0");
    } else if (fact.value == sched_policy_without_hws) {
        finding.state = State::limited;
        finding.consequence =
            "The driver schedules queues itself and refuses to suspend single ones.";
        finding.change = module_option("sched_policy=0");
    } else if (fact.value && fact.value != 0) {
        finding.state = State::unknown;
    }
    return finding;
}

Finding hws_max_conc_proc(const Number& fact) {
    Finding finding = about("hws_max_conc_proc", fact);
    if (fact.value && *fact.value >= 0) {
        finding.state = State::limited;
        finding.consequence =
            "Programs beyond that number wait for their turn on the device, even "
            "urgent ones, until others are suspended.";
        finding.change = module_option("hws_max_conc_proc=-1");
    }
    return finding;
}

Finding timeout(const Number& fact) {
    Finding finding = about("queue_preemption_timeout_ms", fact);
    if (fact.value && *fact.value < shortest_sane_timeout_ms) {
        finding.state = State::limited;
        finding.consequence =
            "A preemption that takes longer counts as a hang: the driver resets "
            "the device, and every program on it loses its queues.";
        finding.change = "echo 9000 > /sys/module/amdgpu/parameters/queue_preemption_timeout_ms";
    }
    return finding;
}

// Only newer kernels have it, so that its absence means nothing.
void add_isolation(const Facts& facts, Findings& into) {
    const Number& fact = facts.module.enforce_isolation;
    if (fact.absent()) {
        return;
    }
    Finding finding = about("enforce_isolation", fact);
    if (fact.value && *fact.value > 0) {
        finding.state = State::limited;
        finding.consequence =
            "Programs take turns on each device, so that an urgent one waits for "
            "its turn until the others are suspended.";
        finding.change = module_option("enforce_isolation=0");
    }
    into.push_back(std::move(finding));
}

}  // namespace

void examine_driver(const Facts& facts, Findings& into) {
    into.push_back(driver(facts));
    if (!facts.module.loaded || facts.file.kind == DeviceFile::Kind::emulator) {
        return;  // The parameters of a driver that is not used say nothing.
    }
    into.push_back(cwsr_enable(facts.module.cwsr_enable));
    into.push_back(sched_policy(facts.module.sched_policy));
    into.push_back(hws_max_conc_proc(facts.module.hws_max_conc_proc));
    into.push_back(timeout(facts.module.queue_preemption_timeout_ms));
    add_isolation(facts, into);
}

}  // namespace penstock::doctor
