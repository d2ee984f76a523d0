// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/figures.h"

#include <algorithm>

#include "agent/publish/bus_name.h"
#include "policies/level_names.h"
#include "policies/queue_maker.h"

namespace penstock::dbus {

std::string text_of(QueueType type) {
    switch (type) {
        case QueueType::compute_pm4:
            return "compute-pm4";
        case QueueType::compute_aql:
            return "compute-aql";
        case QueueType::sdma:
            return "sdma";
        case QueueType::sdma_xgmi:
            return "sdma-xgmi";
        case QueueType::unknown:
            break;
    }
    return "unknown";
}

std::string text_of(PreemptionLevel level) {
    return std::string(name_of(level));
}

std::string text_of(ProcessState state) {
    switch (state) {
        case ProcessState::running:
            return "running";
        case ProcessState::preempted:
            return "preempted";
        case ProcessState::gone:
            break;
    }
    return "gone";
}

std::string text_of(DeviceScheduler scheduler) {
    switch (scheduler) {
        case DeviceScheduler::none:
            return "none";
        case DeviceScheduler::hws:
            return "hws";
        case DeviceScheduler::mes:
            return "mes";
        case DeviceScheduler::unknown:
            break;
    }
    return "unknown";
}

std::uint64_t rate_of(const Sample<BytesPerSecond>& sample) {
    return sample.value ? sample.value->value : unknown_rate;
}

std::uint64_t amount_of(const Sample<std::uint64_t>& sample) {
    return sample.value.value_or(unknown_rate);
}

double ratio_of(const Sample<double>& sample) {
    return sample.value.value_or(unknown_ratio);
}

std::uint64_t usec_of(Duration duration) {
    const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
    return usec < 0 ? 0 : static_cast<std::uint64_t>(usec);
}

double occupancy_of(const Queue& queue) {
    return occupancy_of(std::span(&queue, 1));
}

double occupancy_of(std::span<const Queue> queues) {
    double waiting = 0;
    double capacity = 0;
    for (const Queue& queue : queues) {
        if (queues.size() > 1 && maker_of(queue, queues) == QueueMaker::runtime) {
            continue;  // What nobody asked for says nothing of how busy the application is.
        }
        const std::optional<std::uint64_t> occupied = queue.occupied_bytes();
        if (!occupied) {
            return unknown_ratio;
        }
        waiting += static_cast<double>(*occupied);
        capacity += queue.ring_bytes;
    }
    return capacity == 0 ? unknown_ratio : waiting / capacity;
}

const Tenure* tenure_on(const Owner& owner, GpuId gpu) {
    const auto found = std::ranges::find(owner.tenures, gpu, &Tenure::gpu);
    return found == owner.tenures.end() ? nullptr : &*found;
}

Duration preempted_time(const Tenure& tenure, TimePoint now) {
    const Duration present = tenure.suspended ? now - tenure.suspended_since : Duration::zero();
    return tenure.suspended_total + std::max(present, Duration::zero());
}

Duration preempted_time(const Owner& owner, TimePoint now) {
    Duration sum{};
    for (const Tenure& tenure : owner.tenures) {
        sum += preempted_time(tenure, now);
    }
    return sum;
}

Tally tally_of(const Owner& owner) {
    Tally tally;
    for (const Tenure& tenure : owner.tenures) {
        tally.preemptions += tenure.preemptions;
        tally.finished += tenure.suspended_total;
        tally.suspended = tally.suspended || tenure.suspended;
    }
    return tally;
}

std::uint64_t preemptions_of(const Owner& owner) {
    return tally_of(owner).preemptions;
}

bool suspended(const Owner& owner, const Queue& queue) {
    const Tenure* tenure = tenure_on(owner, queue.key.gpu);
    return queue.alone.suspended || (tenure != nullptr && tenure->suspended);
}

std::uint32_t suspended_queues(const ProcessObject& process) {
    return static_cast<std::uint32_t>(std::ranges::count_if(
        process.queues, [&](const Queue& queue) { return suspended(process.owner, queue); }));
}

ProcessState state_of(const ProcessObject& process) {
    if (process.gone) {
        return ProcessState::gone;
    }
    return tally_of(process.owner).suspended ? ProcessState::preempted : ProcessState::running;
}

}  // namespace penstock::dbus
