// SPDX-License-Identifier: Apache-2.0

#include "policies/preemption_cost.h"

#include <algorithm>

#include "policies/decision.h"

namespace penstock {
namespace {

// Each way, until measured. A save area that lies in device memory takes less, one in the host's
// memory behind PCIe takes more: up to 1 ms where a large device is full of waves.
constexpr Duration assumed_cost = std::chrono::microseconds(200);

// However dear preemptions are: a device on which they were bounded away would have no scheduler.
constexpr Duration longest_interval = std::chrono::seconds(1);

// What may be saved up. Requests that arrive at random would often wait for each other with less.
constexpr Duration burst_window = std::chrono::milliseconds(250);
constexpr std::int64_t smallest_burst = 4;  // More than it takes to measure the cost.

std::optional<Duration> both(const std::optional<Duration>& a, const std::optional<Duration>& b) {
    return a && b ? std::optional(*a + *b) : std::nullopt;
}

Duration interval_for(Duration cost, double share) {
    if (cost <= Duration{}) {
        return {};
    }
    const double wished = static_cast<double>(cost.count()) / share;
    // Also false when the share is 0, negative or no number.
    const bool modest = wished > 0 && wished < static_cast<double>(longest_interval.count());
    return modest ? Duration(static_cast<Duration::rep>(wished)) : longest_interval;
}

}  // namespace

std::optional<Duration> device_time_per_preemption(const Device& device) {
    switch (device.scheduler) {
        case DeviceScheduler::mes:
        case DeviceScheduler::none:
            // Others run on while one owner's waves are saved, and those who have work also while
            // they are restored. Often nobody has: then the device waits for the restored ones.
            return device.resume_cost.value;
        case DeviceScheduler::hws:
        case DeviceScheduler::unknown:
            // Everybody's waves are saved and restored, twice.
            return both(device.suspend_cost.value, device.resume_cost.value);
    }
    return std::nullopt;  // Not one of the enumerators: as if not known.
}

SuspensionBound suspension_bound(const Device& device, double share) {
    const Device assumed{.scheduler = device.scheduler,
                         .suspend_cost = {.value = assumed_cost},
                         .resume_cost = {.value = assumed_cost}};
    const std::optional<Duration> known = device_time_per_preemption(device);
    const Duration cost = known ? *known : device_time_per_preemption(assumed).value_or(Duration{});
    const Duration interval = interval_for(cost, share);
    if (interval == Duration{}) {
        return {.interval = {}, .burst = DeviceOrder::most_suspension_burst};
    }
    const std::int64_t burst = std::clamp<std::int64_t>(
        burst_window / interval, smallest_burst, DeviceOrder::most_suspension_burst);
    return {.interval = interval, .burst = static_cast<std::uint32_t>(burst)};
}

}  // namespace penstock
