// SPDX-License-Identifier: Apache-2.0

#include "agent/state/energy_split.h"

#include <algorithm>

#include "agent/state/sorted.h"
#include "policies/lookup.h"

namespace penstock {
namespace {

constexpr Duration shortest_interval = std::chrono::milliseconds(250);

// Occupancy is sampled every 100 ms.
constexpr Duration shortest_look = std::chrono::milliseconds(50);

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

bool suspended_on(const Owner& owner, GpuId gpu) {
    const Tenure* tenure = find_sorted(owner.tenures, gpu, &Tenure::gpu);
    return tenure != nullptr && tenure->suspended;
}

}  // namespace

void EnergySplit::absorb(const QuantityBook& book, Snapshot& snapshot) {
    if (snapshot.now - seen_ >= shortest_look) {
        watch_queues(snapshot);
        seen_ = snapshot.now;
    }
    if (begun_ != TimePoint{} && snapshot.now - begun_ < shortest_interval) {
        return;
    }
    interval_ = begun_ == TimePoint{} ? 0 : seconds(snapshot.now - begun_);
    begun_ = snapshot.now;
    for (const Device& device : snapshot.devices) {
        split_device(book, snapshot, device);
    }
    split_processors(book, snapshot);
    forget_the_gone(snapshot);
    if (unattributed_ > 0) {
        snapshot.unattributed_energy = {.value = unattributed_,
                                        .source = "what no owner's time accounts for",
                                        .confidence = Confidence::derived,
                                        .taken = snapshot.now};
    }
}

// An owner with several busy queues on a device is busy once.
void EnergySplit::watch_queues(const Snapshot& snapshot) {
    const double passed = seen_ == TimePoint{} ? 0 : seconds(snapshot.now - seen_);
    QueueKey counted{};
    for (const Queue& queue : snapshot.queues) {
        const Owner* owner = find_owner(snapshot, queue.key.owner);
        const bool counts = counted.owner != queue.key.owner || counted.gpu != queue.key.gpu;
        if (owner == nullptr || !counts || queue.occupied_bytes().value_or(0) == 0 ||
            suspended_on(*owner, queue.key.gpu)) {
            continue;
        }
        counted = queue.key;
        const std::pair key(place_of(owner->id), queue.key.gpu);
        Mark* mark = find_sorted(queue_time_, key, &Mark::key);
        if (mark == nullptr) {
            insert_sorted(queue_time_, Mark{.place = key.first, .gpu = key.second}, &Mark::key);
            mark = find_sorted(queue_time_, key, &Mark::key);
        }
        mark->total += passed;
    }
}

// How much the total has grown since the last interval; what is seen first has not grown.
double EnergySplit::advance(std::vector<Mark>& marks, const Place& place, GpuId gpu, double total) {
    const std::pair key(place, gpu);
    Mark* mark = find_sorted(marks, key, &Mark::key);
    if (mark == nullptr) {
        insert_sorted(marks, Mark{.place = place, .gpu = gpu, .total = total}, &Mark::key);
        return 0;
    }
    return std::max(0.0, total - std::exchange(mark->total, total));
}

void EnergySplit::split_device(const QuantityBook& book, Snapshot& snapshot, const Device& device) {
    const PoolEnergy energy = device_energy(book, device);
    if (!energy.joules) {
        return;
    }
    const double joules = advance(marks_, place_of(device.gpu), {}, *energy.joules);
    work_.clear();
    if (gather_engine_time(book, snapshot, device.gpu)) {
        give(snapshot,
             joules,
             interval_,
             "device and processor energy, by engine and processor time");
    } else {
        gather_queue_time(snapshot, device.gpu);
        give(snapshot,
             joules,
             interval_,
             "device and processor energy, by queue occupancy and processor time");
    }
}

bool EnergySplit::gather_engine_time(const QuantityBook& book,
                                     const Snapshot& snapshot,
                                     GpuId gpu) {
    bool known = false;
    for (std::size_t each = 0; each < snapshot.owners.size(); ++each) {
        const Place owner = place_of(snapshot.owners[each].id);
        if (const auto total = book.total(owner, Quantity::gpu_time, gpu.value)) {
            known = true;
            work_.push_back({.owner = each, .seconds = advance(marks_, owner, gpu, *total)});
        }
    }
    return known;
}

void EnergySplit::gather_queue_time(const Snapshot& snapshot, GpuId gpu) {
    for (std::size_t each = 0; each < snapshot.owners.size(); ++each) {
        const std::pair key(place_of(snapshot.owners[each].id), gpu);
        if (const Mark* mark = find_sorted(queue_time_, key, &Mark::key)) {
            work_.push_back(
                {.owner = each, .seconds = advance(queue_marks_, key.first, gpu, mark->total)});
        }
    }
}

// The energy of cores that nobody used goes to nobody, and so does what processes without queues
// used: only the machine's whole time tells how large an owner's part of it was.
void EnergySplit::split_processors(const QuantityBook& book, Snapshot& snapshot) {
    const PoolEnergy energy = processor_energy(book, snapshot);
    const auto busy = book.total({}, Quantity::cpu_time);
    const auto idle = book.total({}, Quantity::cpu_idle);
    if (!energy.joules || !busy || !idle) {
        return;
    }
    const double joules = advance(marks_, package(0), {}, *energy.joules);
    const double capacity = advance(marks_, {}, {}, *busy + *idle);
    work_.clear();
    for (std::size_t each = 0; each < snapshot.owners.size(); ++each) {
        const Place owner = place_of(snapshot.owners[each].id);
        if (const auto total = book.total(owner, Quantity::cpu_time)) {
            work_.push_back({.owner = each, .seconds = advance(marks_, owner, {}, *total)});
        }
    }
    give(snapshot, joules, capacity, "device and processor energy, by engine and processor time");
}

// Each gets its share of the capacity; whoever claims more than all of it shares it with the
// others.
void EnergySplit::give(Snapshot& snapshot, double joules, double capacity, const Origin& how) {
    double claimed = 0;
    for (const Work& work : work_) {
        claimed += work.seconds;
    }
    const double whole = std::max(capacity, claimed);
    if (whole <= 0) {
        unattributed_ += joules;
        return;
    }
    for (const Work& work : work_) {
        Sample<double>& energy = snapshot.owners[work.owner].use.energy;
        energy = {.value = energy.value.value_or(0) + (joules * work.seconds / whole),
                  .source = how,
                  .confidence = Confidence::derived,
                  .taken = snapshot.now};
    }
    unattributed_ += joules * (1 - claimed / whole);
}

void EnergySplit::forget_the_gone(const Snapshot& snapshot) {
    const auto gone = [&](const Mark& mark) {
        return mark.place.kind == Place::Kind::owner &&
               find_owner(snapshot, OwnerId{mark.place.number}) == nullptr;
    };
    std::erase_if(marks_, gone);
    std::erase_if(queue_time_, gone);
    std::erase_if(queue_marks_, gone);
}

}  // namespace penstock
