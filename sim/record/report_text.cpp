// SPDX-License-Identifier: Apache-2.0
//
// The account of a record, as text and as JSON.

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "policies/reason_names.h"
#include "sim/record/record_account.h"
#include "sim/record/seconds.h"
#include "sim/table.h"

namespace penstock::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_text = 256;

std::string in_seconds(Duration span) {
    return fmt::format("{:.3f}", seconds(span));
}

std::string in_ms(Duration span) {
    return fmt::format("{:.3f}", milliseconds(span));
}

// 0 of nothing: what was never there had no part of its time taken.
double share(Duration part, Duration whole) {
    return whole > Duration{} ? seconds(part) / seconds(whole) : 0;
}

std::string percent(Duration part, Duration whole) {
    return fmt::format("{:.1f}", 100 * share(part, whole));
}

// Whatever the grounds were.
std::uint64_t times_of(const OwnerAccount& owner) {
    std::uint64_t times = 0;
    for (const auto& [grounds, sum] : owner.suspensions) {
        times += sum.times;
    }
    return times;
}

Suspensions longest_of(const OwnerAccount& owner) {
    Suspensions longest;
    for (const auto& [grounds, sum] : owner.suspensions) {
        longest = sum.longest > longest.longest ? sum : longest;
    }
    return longest;
}

// By its pid, as people know it; by its number in the record where no tick ever showed it.
std::string name_of(const RecordAccount& account, OwnerId id) {
    if (id == OwnerId{}) {
        return "-";
    }
    const auto found = account.owners.find(id);
    return found != account.owners.end() && found->second.pid != 0
               ? fmt::format("{}", found->second.pid)
               : fmt::format("owner {}", id.value);
}

// What became of each owner, whoever did it.
std::string owner_table(const RecordAccount& account) {
    Table table;
    table.row({"owner",
               "command",
               "seen s",
               "work s",
               "suspended s",
               "preempt.",
               "longest ms",
               "cost ms",
               "gained s"});
    for (const auto& [id, owner] : account.owners) {
        table.row({name_of(account, id),
                   printable(owner.command),
                   in_seconds(owner.seen),
                   in_seconds(owner.had_work),
                   in_seconds(owner.suspended),
                   fmt::format("{}", times_of(owner)),
                   in_ms(longest_of(owner).longest),
                   in_ms(both(owner.suspending, owner.resuming)),
                   in_seconds(owner.gained)});
    }
    return table.text();
}

// The same suspensions by who they were for and why.
std::string grounds_table(const RecordAccount& account) {
    Table table;
    table.row({"suspended", "for", "why", "times", "total s", "longest ms", "since s"});
    for (const auto& [id, owner] : account.owners) {
        for (const auto& [grounds, sum] : owner.suspensions) {
            table.row({name_of(account, id),
                       name_of(account, grounds.cause),
                       std::string(penstock::name_of(grounds.reason)),
                       fmt::format("{}", sum.times),
                       in_seconds(sum.total),
                       in_ms(sum.longest),
                       in_seconds(sum.longest_since.time_since_epoch())});
        }
    }
    return table.text();
}

// How well each device was used, as far as orders and samples tell.
std::string device_table(const RecordAccount& account) {
    Table table;
    table.row({"device",
               "name",
               "one works %",
               "several %",
               "waits %",
               "all wait %",
               "suspends",
               "cost %",
               "busy %"});
    for (const auto& [gpu, device] : account.devices) {
        table.row({fmt::format("{}", gpu.value),
                   printable(device.name) + (device.emulated ? " (emulated)" : ""),
                   percent(device.one_works, device.seen),
                   percent(device.several_work, device.seen),
                   percent(device.anybody_waits, device.seen),
                   percent(device.all_wait, device.seen),
                   fmt::format("{}", device.suspends),
                   percent(both(device.suspending, device.resuming), device.seen),
                   device.busy_seconds > 0
                       ? fmt::format("{:.1f}", 100 * device.busy_sum / device.busy_seconds)
                       : "unknown"});
    }
    return table.text();
}

// Null where no tick ever showed it.
Json pid_of(const RecordAccount& account, OwnerId id) {
    const auto found = account.owners.find(id);
    return found != account.owners.end() && found->second.pid != 0 ? Json(found->second.pid)
                                                                   : Json();
}

// In seconds, and without the rounding of the tables.
Json json_of(const RecordAccount& account, OwnerId id, const OwnerAccount& owner) {
    Json suspensions = Json::array();
    for (const auto& [grounds, sum] : owner.suspensions) {
        suspensions.push_back(
            {{"reason", penstock::name_of(grounds.reason)},
             {"cause", grounds.cause == OwnerId{} ? Json() : Json(grounds.cause.value)},
             {"cause_pid", pid_of(account, grounds.cause)},
             {"times", sum.times},
             {"seconds", seconds(sum.total)},
             {"longest_seconds", seconds(sum.longest)},
             {"longest_since_ns", to_ns(sum.longest_since)}});
    }
    return {{"pid", pid_of(account, id)},
            {"command", printable(owner.command)},
            {"seen_seconds", seconds(owner.seen)},
            {"work_seconds", seconds(owner.had_work)},
            {"suspended_seconds", seconds(owner.suspended)},
            {"preemptions", times_of(owner)},
            {"longest_suspension_seconds", seconds(longest_of(owner).longest)},
            {"queue_holds", owner.holds},
            {"failures", owner.failures},
            {"suspending_seconds", seconds(owner.suspending)},
            {"resuming_seconds", seconds(owner.resuming)},
            {"gained_seconds", seconds(owner.gained)},
            {"suspensions", std::move(suspensions)}};
}

// Shares are of the time for which the device was there.
Json json_of(const DeviceAccount& device) {
    return {{"name", printable(device.name)},
            {"emulated", device.emulated},
            {"seen_seconds", seconds(device.seen)},
            {"one_works_share", share(device.one_works, device.seen)},
            {"several_work_share", share(device.several_work, device.seen)},
            {"anybody_waits_share", share(device.anybody_waits, device.seen)},
            {"all_wait_share", share(device.all_wait, device.seen)},
            {"suspends", device.suspends},
            {"suspending_seconds", seconds(device.suspending)},
            {"resuming_seconds", seconds(device.resuming)},
            {"busy_mean",
             device.busy_seconds > 0 ? Json(device.busy_sum / device.busy_seconds) : Json()}};
}

}  // namespace

std::string report_text(const RecordAccount& account) {
    const std::string text = fmt::format("{} ticks in {:.3f} s under {}{}{}\n",
                                         account.ticks,
                                         seconds(account.span),
                                         printable(account.policies, longest_text),
                                         account.end.empty() ? "" : "; then ",
                                         printable(account.end, longest_text));
    return text + '\n' + owner_table(account) + '\n' + grounds_table(account) + '\n' +
           device_table(account);
}

std::string report_json(const RecordAccount& account) {
    Json owners = Json::array();
    for (const auto& [id, owner] : account.owners) {
        Json one{{"owner", id.value}};
        one.update(json_of(account, id, owner));
        owners.push_back(std::move(one));
    }
    Json devices = Json::array();
    for (const auto& [gpu, device] : account.devices) {
        Json one{{"gpu_id", gpu.value}};
        one.update(json_of(device));
        devices.push_back(std::move(one));
    }
    const Json whole{{"policies", printable(account.policies, longest_text)},
                     {"ticks", account.ticks},
                     {"seconds", seconds(account.span)},
                     {"end", printable(account.end, longest_text)},
                     {"owners", std::move(owners)},
                     {"devices", std::move(devices)}};
    return whole.dump(2) + '\n';
}

}  // namespace penstock::sim
