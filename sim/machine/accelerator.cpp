// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/accelerator.h"

#include <algorithm>
#include <limits>

namespace penstock::sim {
namespace {

constexpr std::int64_t most_work = std::numeric_limits<std::int64_t>::max();

// What is done of it at that speed; in two steps, because the product may have no room.
std::int64_t slowed(std::int64_t work, std::int64_t speed) {
    return (work / full_bus_speed * speed) + (work % full_bus_speed * speed / full_bus_speed);
}

// The least work of which at that speed so much is done.
std::int64_t at_speed(std::int64_t work, std::int64_t speed) {
    if (speed == full_bus_speed) {
        return work;
    }
    if (speed == 0) {
        return most_work;
    }
    return ((std::min(work, most_work / full_bus_speed) * full_bus_speed) + speed - 1) / speed;
}

}  // namespace

std::uint32_t Accelerator::add_owner(std::uint64_t dram_rate) {
    owners_.emplace_back().dram_rate = dram_rate;
    return static_cast<std::uint32_t>(owners_.size() - 1);
}

std::uint32_t Accelerator::add_queue(std::uint32_t owner) {
    const auto number = static_cast<std::uint32_t>(queues_.size());
    queues_.push_back({.owner = owner});
    owners_[owner].queues.push_back(number);
    running_.reserve(queues_.size());
    ended_.reserve(queues_.size());
    return number;
}

void Accelerator::submit(std::uint32_t queue, Duration length, TimePoint now) {
    pass(now);
    queues_[queue].packets.push({.left = length.count() * unit, .number = ++submitted_});
    if (queues_[queue].packets.size() == 1) {
        fill_after({&queue, 1});
        note_next();
    }
}

std::span<const std::uint32_t> Accelerator::advance(TimePoint now) {
    pass(now);
    ended_.clear();
    std::erase_if(running_, [this](std::uint32_t number) {
        Queue& queue = queues_[number];
        if (queue.packets.front().left > 0) {
            return false;
        }
        queue.packets.pop();
        leave(queue);
        ended_.push_back(number);
        return true;
    });
    any_may_start_ = end_transitions() || any_may_start_;
    fill_after(ended_);
    note_next();
    return ended_;
}

// Between two changes everything goes on as it does.
void Accelerator::pass(TimePoint now) {
    const Duration passed = now - last_;
    if (passed <= Duration{}) {
        return;
    }
    if (stands()) {
        standing_ += std::min(passed, standing_until_ - last_).count() * unit;
    } else if (sharers() > 0) {
        const Work each = passed.count() * unit * parts() / std::max(sharers(), parts());
        standing_ += each * static_cast<Work>(saving_);
        busy_ += running_.empty() ? Duration{} : passed;
        serve(each);
    }
    last_ = now;
}

void Accelerator::serve(Work each) {
    for (const std::uint32_t number : running_) {
        Queue& queue = queues_[number];
        Owner& owner = owners_[queue.owner];
        Packet& packet = queue.packets.front();
        const Work part = owner.running == 1 ? each : each / owner.running;
        const Work speed = speed_of(owner);
        const Work able = speed == full_bus_speed ? part : slowed(part, speed);
        const Work done = std::min(able, packet.left);
        packet.left -= done;
        owner.served += done;
    }
}

void Accelerator::note_next() {
    next_ = std::min(next_transition(), stands() ? standing_until_ : next_end());
}

TimePoint Accelerator::next_transition() const {
    TimePoint next = TimePoint::max();
    if (saving_ + restoring_ > 0) {
        for (const Owner& owner : owners_) {
            next = owner.saving || owner.restoring ? std::min(next, owner.changed_at) : next;
        }
    }
    return next;
}

TimePoint Accelerator::next_end() const {
    if (running_.empty()) {
        return TimePoint::max();
    }
    Work least = most_work;
    for (const std::uint32_t number : running_) {
        const Queue& queue = queues_[number];
        const Owner& owner = owners_[queue.owner];
        const Work shares = owner.running;
        const Work left = at_speed(queue.packets.front().left, speed_of(owner));
        least = std::min(least, std::min(left, most_work / shares) * shares);
    }
    const Work speed = unit * parts();
    const Work slowest = std::max(sharers(), parts());
    // What ends later than numbers reach is looked at again on the way.
    least = std::min(least, most_work / 2 / slowest);
    const Work needed = least * slowest;
    return last_ + Duration((needed + speed - 1) / speed);
}

bool Accelerator::may_run(const Queue& queue) const {
    if (queue.packets.empty() || queue.runs) {
        return false;
    }
    const Owner& owner = owners_[queue.owner];
    if (owner.saving || owner.restoring) {
        return false;
    }
    switch (model_.reach) {
        case Reach::launches:
            return true;
        case Reach::unstarted:
            return !owner.suspended || queue.packets.front().begun;
        case Reach::running:
            return !owner.suspended;
    }
    return true;  // Not one of the enumerators.
}

void Accelerator::start(std::uint32_t number) {
    Queue& queue = queues_[number];
    queue.runs = true;
    queue.packets.front().begun = true;
    Owner& owner = owners_[queue.owner];
    if (owner.running++ == 0) {
        ++running_owners_;
        running_dram_ += owner.asks();
    }
    running_.push_back(number);
}

void Accelerator::stop(std::uint32_t number) {
    leave(queues_[number]);
    std::erase(running_, number);
}

void Accelerator::leave(Queue& queue) {
    queue.runs = false;
    Owner& owner = owners_[queue.owner];
    if (--owner.running == 0) {
        --running_owners_;
        running_dram_ -= owner.asks();
    }
}

void Accelerator::fill_after(std::span<const std::uint32_t> changed) {
    if (any_may_start_ || model_.sharing == Sharing::first_come) {
        fill();
        return;
    }
    for (const std::uint32_t number : changed) {
        if (stands()) {
            any_may_start_ = true;
        } else if (may_run(queues_[number])) {
            start(number);
        }
    }
}

void Accelerator::fill() {
    any_may_start_ = stands();
    if (stands()) {
        return;
    }
    if (model_.sharing == Sharing::first_come) {
        fill_one();
        return;
    }
    for (std::uint32_t number = 0; number < queues_.size(); ++number) {
        if (may_run(queues_[number])) {
            start(number);
        }
    }
}

void Accelerator::fill_one() {
    if (!running_.empty() || saving_ > 0) {
        return;
    }
    auto first = static_cast<std::uint32_t>(queues_.size());
    std::uint64_t earliest = 0;
    for (std::uint32_t number = 0; number < queues_.size(); ++number) {
        const Queue& queue = queues_[number];
        if (may_run(queue) && (earliest == 0 || queue.packets.front().number < earliest)) {
            first = number;
            earliest = queue.packets.front().number;
        }
    }
    if (earliest != 0) {
        start(first);
    }
}

bool Accelerator::has_left(std::uint32_t owner) const {
    const Owner& asked = owners_[owner];
    if (asked.running > 0) {
        return false;
    }
    return std::ranges::none_of(asked.queues,
                                [this](std::uint32_t number) { return may_run(queues_[number]); });
}

std::size_t Accelerator::unread(std::uint32_t number) const {
    const Line<Packet>& packets = queues_[number].packets;
    return packets.size() - (!packets.empty() && packets.front().begun ? 1 : 0);
}

std::uint64_t Accelerator::dram_demand() const {
    if (stands() || running_dram_ == 0) {
        return 0;
    }
    const auto all = static_cast<std::uint64_t>(std::max(sharers(), parts()));
    return running_dram_ * model_.parts / all;
}

void Accelerator::serve_memory(std::int64_t speed, TimePoint now) {
    pass(now);
    memory_speed_ = speed;
    note_next();
}

void Accelerator::pace_memory(std::uint32_t number, std::int64_t pace, TimePoint now) {
    pass(now);
    Owner& owner = owners_[number];
    running_dram_ -= owner.running > 0 ? owner.asks() : 0;
    owner.memory_pace = pace;
    running_dram_ += owner.running > 0 ? owner.asks() : 0;
    note_next();
}

Duration Accelerator::service_of(std::uint32_t owner) const {
    return Duration(owners_[owner].served / unit);
}

}  // namespace penstock::sim
