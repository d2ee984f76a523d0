// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/units/unit_watch.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "policies/unit_name.h"

namespace penstock {
namespace {

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void UnitWatch::forget() {
    units_.clear();
    readings_.clear();
    walking_ = false;
    walk_due_ = {};
}

void UnitWatch::turn(TimePoint now) {
    if (!walking_ && now >= walk_due_) {
        walking_ = true;
        slices_ = {""};
        next_slice_ = 0;
        found_.clear();
    }
    if (walking_) {
        walk(now);
    }
    if (!units_.empty()) {
        next_unit_ = (next_unit_ + 1) % units_.size();
        measure(next_unit_, now);
    }
}

void UnitWatch::walk(TimePoint now) {
    const std::string slice = slices_[next_slice_++];
    const auto names = cgroups_.list(slice);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        std::string group = slice;
        group.append("/").append(name);
        if (name.ends_with(".slice") && slices_.size() < most_slices) {
            slices_.push_back(std::move(group));
        } else if (is_unit_name(name) && found_.size() < most_units && wanted_(name)) {
            found_.push_back({.unit = name, .control_group = std::move(group)});
        }
    }
    if (next_slice_ == slices_.size()) {
        end_walk(now);
    }
}

// What has been measured of units that are still there is kept.
void UnitWatch::end_walk(TimePoint now) {
    std::vector<Reading> readings(found_.size());
    for (std::size_t place = 0; place < found_.size(); ++place) {
        const auto known =
            std::ranges::find(units_, found_[place].control_group, &UnitUse::control_group);
        if (known != units_.end()) {
            found_[place].processors = known->processors;
            readings[place] = readings_[static_cast<std::size_t>(known - units_.begin())];
        }
    }
    units_ = std::exchange(found_, {});
    readings_ = std::move(readings);
    walking_ = false;
    walk_due_ = now + walks_apart;
}

void UnitWatch::measure(std::size_t place, TimePoint now) {
    Reading& last = readings_[place];
    if (last.usec && now - last.when < shortest_measurement) {
        return;
    }
    const auto text = cgroups_.read(units_[place].control_group + "/cpu.stat");
    const auto field = text ? value_of(*text, "usage_usec") : std::nullopt;
    const auto usec = field ? parse_number<std::uint64_t>(*field) : std::nullopt;
    // A counter that runs backwards is that of another incarnation of the unit.
    if (usec && last.usec && *usec >= *last.usec) {
        units_[place].processors =
            static_cast<double>(*usec - *last.usec) / 1e6 / seconds(now - last.when);
    } else {
        units_[place].processors.reset();
    }
    last = {.usec = usec, .when = now};
}

}  // namespace penstock
