// SPDX-License-Identifier: Apache-2.0

#include "agent/state/cost_book.h"

#include "agent/state/sorted.h"

namespace penstock {

void CostBook::keep_only(const std::vector<Device>& devices) {
    std::erase_if(costs_, [&](const Costs& costs) {
        return std::ranges::count(devices, costs.gpu, &Device::gpu) == 0;
    });
    for (const Device& device : devices) {
        if (find_sorted(costs_, device.gpu, &Costs::gpu) == nullptr) {
            insert_sorted(costs_, Costs{.gpu = device.gpu}, &Costs::gpu);
        }
    }
}

void CostBook::add(const wire::Acted& act) {
    Costs* costs = find_sorted(costs_, act.gpu, &Costs::gpu);
    if (costs == nullptr || act.error != 0 || act.queues == 0) {
        return;
    }
    const Duration took = from_ns(act.done_ns) - from_ns(act.entered_ns);
    costs->taken = from_ns(act.done_ns);
    switch (act.verb) {
        case Verb::suspend:
            costs->suspend.add(took);
            return;
        case Verb::resume:
            costs->resume.add(took);
            return;
    }
}

void CostBook::add(const UnmapReading& reading) {
    if (Costs* costs = find_sorted(costs_, reading.gpu, &Costs::gpu)) {
        costs->unmap.add(reading.took);
        costs->taken = reading.taken;
    }
}

void CostBook::write_into(std::vector<Device>& devices) const {
    for (Device& device : devices) {
        if (const Costs* costs = find_sorted(costs_, device.gpu, &Costs::gpu)) {
            device.suspend_cost = sample(*costs, costs->suspend);
            device.resume_cost = sample(*costs, costs->resume);
        }
    }
}

// A resume begins as a suspension does: the driver takes everybody's queues off the device.
Sample<Duration> CostBook::sample(const Costs& costs, const MedianCost& call) {
    if (costs.unmap.value()) {
        return {.value = costs.unmap.value(),
                .source = "unmap_queues_cpsch",
                .confidence = Confidence::counter,
                .taken = costs.taken};
    }
    if (call.value()) {
        return {.value = call.value(),
                .source = "ioctl duration",
                .confidence = Confidence::derived,
                .taken = costs.taken};
    }
    return {.value = std::nullopt, .source = "too few calls were seen yet"};
}

}  // namespace penstock
