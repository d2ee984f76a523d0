// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/devices.h"

#include <algorithm>
#include <utility>

namespace penstock::emulator {

namespace {

std::map<std::uint32_t, std::vector<QueueName>> by_device(const std::vector<QueueAddress>& queues) {
    std::map<std::uint32_t, std::vector<QueueName>> sorted;
    for (const QueueAddress& queue : queues) {
        sorted[queue.gpu_id].push_back(queue.name);
    }
    return sorted;
}

}  // namespace

void Devices::add(const PresetDevice& description, std::unique_ptr<Device> device) {
    racks_[description.gpu_id] = {.description = description, .device = std::move(device)};
}

bool Devices::any_queue() const {
    return std::ranges::any_of(racks_, [](const auto& of) { return of.second.tally.queues > 0; });
}

void Devices::create(std::uint32_t gpu_id, const QueueSetup& setup, TimePoint now) {
    ++rack(gpu_id).tally.queues;
    rack(gpu_id).device->create(setup, now);
}

void Devices::destroy(QueueAddress queue, TimePoint now) {
    --rack(queue.gpu_id).tally.queues;
    rack(queue.gpu_id).device->destroy(queue.name, now);
}

void Devices::update(std::uint32_t gpu_id, const QueueSetup& setup, TimePoint now) {
    rack(gpu_id).device->update(setup, now);
}

void Devices::set_cu_mask(QueueAddress queue, std::uint32_t enabled_units, TimePoint now) {
    Rack& owner = rack(queue.gpu_id);
    const std::uint32_t most = owner.description.settings.compute_units;
    owner.device->set_cu_mask(queue.name, std::min(enabled_units, most), now);
}

TimePoint Devices::suspend(const std::vector<QueueAddress>& queues, Hold why, TimePoint now) {
    TimePoint finished = now;
    for (const auto& [gpu_id, names] : by_device(queues)) {
        Tally& tally = rack(gpu_id).tally;
        ++(why == Hold::eviction ? tally.evictions : tally.suspends);
        finished = std::max(finished, rack(gpu_id).device->suspend(names, now));
    }
    return finished;
}

TimePoint Devices::resume(const std::vector<QueueAddress>& queues, TimePoint now) {
    TimePoint finished = now;
    for (const auto& [gpu_id, names] : by_device(queues)) {
        ++rack(gpu_id).tally.resumes;
        finished = std::max(finished, rack(gpu_id).device->resume(names, now));
    }
    return finished;
}

TimePoint Devices::run(TimePoint now) {
    if (now < next_) {
        return next_;
    }
    next_ = TimePoint::max();
    for (auto& [gpu_id, rack] : racks_) {
        if (rack.tally.queues > 0) {
            next_ = std::min(next_, rack.device->run(now));
            rack.window.note(rack.device->counters(), now);
        }
    }
    share_memory(now);
    return next_;
}

std::uint64_t Devices::dram_demand() const {
    std::uint64_t sum = 0;
    for (const auto& [gpu_id, rack] : racks_) {
        sum += rack.description.has_metrics_v3_0 ? rack.device->dram_demand() : 0;
    }
    return sum;
}

void Devices::share_memory(TimePoint now) {
    const std::int64_t speed = memory_.speed(dram_demand(), now);
    if (std::exchange(memory_speed_, speed) == speed) {
        return;
    }
    for (auto& [gpu_id, rack] : racks_) {
        if (rack.description.has_metrics_v3_0) {
            rack.device->serve_memory(speed, now);
            next_ = rack.tally.queues > 0 ? std::min(next_, rack.device->run(now)) : next_;
        }
    }
}

DramRates Devices::rates(std::uint32_t gpu_id, TimePoint now) const {
    const Rack& rack = racks_.at(gpu_id);
    DramRates rates = rack.window.rates(rack.device->counters(), now);
    if (rack.description.has_metrics_v3_0) {
        rates.read.value += memory_.moved_by_processors(dram_demand(), now);
    }
    return rates;
}

std::vector<PresetDevice> Devices::descriptions() const {
    std::vector<PresetDevice> all;
    all.reserve(racks_.size());
    for (const auto& [gpu_id, rack] : racks_) {
        all.push_back(rack.description);
    }
    return all;
}

}  // namespace penstock::emulator
