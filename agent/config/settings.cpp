// SPDX-License-Identifier: Apache-2.0

#include "agent/config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "policies/catalogue.h"
#include "policies/cpu_throttle_names.h"

namespace penstock::config {
namespace {

using namespace std::chrono_literals;

Result<> check_policy(const std::string& name) {
    const auto made = make_policy(name);
    return made ? Result<>() : fail(made.error().message());
}

// Whether it can be used depends on the driver, which the gate knows.
Result<> check_text(const std::string& text) {
    constexpr std::size_t longest = 512;
    return text.size() <= longest ? Result<>() : fail("the text is longer than 512 bytes");
}

// That no group has the name yet is no error.
Result<> check_group(const std::string& name) {
    const auto belongs = [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
               (each >= '0' && each <= '9') || each == '-' || each == '_' || each == '.';
    };
    constexpr std::size_t longest = 64;
    const bool sound = name.size() <= longest && std::ranges::all_of(name, belongs);
    return sound ? Result<>() : fail("\"" + printable(name, longest) + "\" is not a group's name");
}

Result<> check_cpu_throttle(const std::string& word) {
    return cpu_throttle_mode_named(word)
               ? Result<>()
               : fail("\"" + printable(word) +
                      "\" is not one of off, advice, auto, resctrl and quota");
}

constexpr std::int64_t highest_realtime = 99;

// The service manager keeps the descriptor of each, and not more in all.
constexpr std::int64_t all_leases = 500;

const std::array table{
    Key{.section = "Agent",
        .name = "Policy",
        .target = TextTarget{.member = &Settings::policy, .check = check_policy},
        .about = "The policy to start with.",
        .live = true},
    Key{.section = "Agent",
        .name = "AdminGroup",
        .target = TextTarget{.member = &Settings::admin_group, .check = check_group},
        .about = "The group whose members may do over D-Bus what root may.",
        .live = true},
    Key{.section = "Agent",
        .name = "TickSec",
        .target = SpanTarget{.member = &Settings::tick, .least = 1ms, .most = 1s},
        .about = "The period of the loop while there are queues."},
    Key{.section = "Agent",
        .name = "WatchPointers",
        .target = &Settings::watch_pointers,
        .about = "Whether BPF reports moves of write pointers; otherwise they are sampled."},
    Key{.section = "Agent",
        .name = "QueueSamplingSec",
        .target = SpanTarget{.member = &Settings::queue_sampling, .least = 50us, .most = 100ms},
        .about = "How often queues are looked at that BPF can not watch."},
    Key{.section = "Preemption",
        .name = "DryRun",
        .target = &Settings::dry_run,
        .about = "Whether decisions are made and not carried out.",
        .live = true},
    Key{.section = "Preemption",
        .name = "MayEvict",
        .target = &Settings::may_evict,
        .about = "Names of programs, with * and ?, that may be evicted as a whole.",
        .live = true},
    Key{.section = "Preemption",
        .name = "VendorIoctl",
        .target = TextTarget{.member = &Settings::vendor_ioctl, .check = check_text},
        .about = "Numbers and layout of the ioctls of a patched driver."},
    Key{.section = "Preemption",
        .name = "GateRealtimePriority",
        .target =
            IntegerTarget{.member = &Settings::gate_realtime, .least = 0, .most = highest_realtime},
        .about = "The gate's priority in SCHED_FIFO, 0 for none."},
    Key{.section = "Preemption",
        .name = "LongestSuspensionSec",
        .target = SpanTarget{.member = &Settings::longest_suspension, .least = 1ms, .most = 10s},
        .about = "Nobody stays suspended for longer without a turn.",
        .live = true},
    Key{.section = "Preemption",
        .name = "ShortestRunWindowSec",
        .target = SpanTarget{.member = &Settings::shortest_run_window, .least = 1ms, .most = 10s},
        .about = "How long whoever was suspended for that long runs at least.",
        .live = true},
    Key{.section = "Preemption",
        .name = "DeviceTimeShare",
        .target = ShareTarget{.member = &Settings::device_time_share, .least = 0.0001, .most = 0.5},
        .about = "The share of a device's time that suspending and resuming may cost.",
        .live = true},
    Key{.section = "Bandwidth",
        .name = "DramPeak",
        .target = &Settings::dram_peak,
        .about = "What a memory node can move per second, instead of what was measured."},
    Key{.section = "Bandwidth",
        .name = "PCM",
        .target = &Settings::pcm,
        .about = "Whether Intel PCM runs where perf does not count the same."},
    Key{.section = "Bandwidth",
        .name = "ResctrlGroups",
        .target = &Settings::resctrl_groups,
        .about = "Whether each process with queues gets a monitoring group of resctrl."},
    Key{.section = "Bandwidth",
        .name = "CpuThrottle",
        .target = TextTarget{.member = &Settings::cpu_throttle, .check = check_cpu_throttle},
        .about = "By what means units are held back on the processors: off, advice, auto, resctrl "
                 "or quota.",
        .live = true},
    Key{.section = "Bandwidth",
        .name = "CpuThrottleUnits",
        .target = &Settings::cpu_throttle_units,
        .about = "Names of units, with * and ?, that may be held back on the processors.",
        .live = true},
    Key{.section = "Bandwidth",
        .name = "LeaseUserShare",
        .target = ShareTarget{.member = &Settings::lease_user_share, .least = 0.01, .most = 1.0},
        .about = "The share of a bandwidth that one user may lease without consent.",
        .live = true},
    Key{.section = "Bandwidth",
        .name = "LeasesPerUser",
        .target =
            IntegerTarget{.member = &Settings::leases_per_user, .least = 1, .most = all_leases},
        .about = "How many leases one user may hold and wait for.",
        .live = true},
    Key{.section = "Bandwidth",
        .name = "MostLeases",
        .target = IntegerTarget{.member = &Settings::most_leases, .least = 1, .most = all_leases},
        .about = "How many leases all may hold and wait for together.",
        .live = true},
};

// With those of policies, which have a table of their own.
std::vector<Key> all_keys() {
    std::vector<Key> all(table.begin(), table.end());
    for (const PolicySetting& setting : policy_settings()) {
        all.push_back({.section = "Policy",
                       .name = setting.name,
                       .target = &setting,
                       .about = setting.about,
                       .live = true});
    }
    return all;
}

const Key* find_key(const Assignment& assignment) {
    const auto found = std::ranges::find_if(keys(), [&](const Key& key) {
        return key.section == assignment.section && key.name == assignment.key;
    });
    return found != keys().end() ? &*found : nullptr;
}

}  // namespace

Guard::Limits Settings::limits() const {
    return {.longest_suspension = longest_suspension,
            .shortest_run_window = shortest_run_window,
            .device_time_share = device_time_share};
}

std::span<const Key> keys() {
    static const std::vector<Key> all = all_keys();
    return all;
}

std::vector<const Key*> changed(const Settings& former, const Settings& present) {
    std::vector<const Key*> found;
    for (const Key& key : keys()) {
        if (value_of(key, former) != value_of(key, present)) {
            found.push_back(&key);
        }
    }
    return found;
}

void apply(const std::vector<Assignment>& assignments, Settings& settings, Remarks& remarks) {
    for (const Assignment& each : assignments) {
        const Key* key = find_key(each);
        if (key == nullptr) {
            remarks.warn(each.place,
                         fmt::format("[{}] {}= is not known, and ignored", each.section, each.key));
        } else if (const Result<> done = set(*key, each.value, settings); !done) {
            const std::string kept = value_of(*key, settings);
            remarks.object(each.place,
                           fmt::format("{}=: {}; {} is kept",
                                       each.key,
                                       done.error().message(),
                                       kept.empty() ? "nothing" : kept));
        }
    }
}

}  // namespace penstock::config
