// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/execution.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "kmod-helpers/emulator/device/signals.h"
#include "kmod-helpers/emulator/device/written_rings.h"

namespace penstock::emulator {

void Execution::advance(TimePoint to) {
    ++calls_;
    while (now_ < to) {
        const std::vector<Rate> constant = rates();
        const TimePoint event = next_event(constant).value_or(to);
        progress(constant, std::min(event, to));
        if (event > to) {
            return;
        }
        finish_kernels();
        look_where_due();
    }
}

void Execution::look_at_idle_ones() {
    for (EmulatedQueue* const queue : turn_.next(queues_, now_)) {
        due_[queue->setup.name] = queue;
    }
}

void Execution::poll() {
    look_at_idle_ones();
    look_where_due();
}

void Execution::stall_everybody(TimePoint until) {
    look_at_idle_ones();
    for (auto& [name, queue] : queues_) {
        queue.stalled_until = until;
    }
    stall_ends_.insert(until);
}

void Execution::stall(EmulatedQueue& queue, TimePoint until) {
    queue.stalled_until = until;
    due_[queue.setup.name] = &queue;
    stall_ends_.insert(until);
}

void Execution::drop(QueueName name) {
    const auto found = queues_.find(name);
    if (found == queues_.end()) {
        return;
    }
    const EmulatedQueue& queue = found->second;
    if (queue.kernel) {
        count(queue.kernel->moved());
    }
    for (Some* const some : {&running_, &at_barrier_, &due_}) {
        some->erase(name);
    }
    queues_.erase(found);
}

std::optional<TimePoint> Execution::next_event() const {
    return next_event(rates());
}

bool Execution::any_idle() const {
    return std::ranges::any_of(queues_,
                               [this](const auto& entry) { return entry.second.idle_at(now_); });
}

DeviceCounters Execution::counters() const {
    DeviceCounters sum = counters_;
    for (const auto& [name, queue] : running_) {
        if (queue->kernel) {
            const Traffic traffic = queue->kernel->moved();
            sum.dram_read_bytes += traffic.read_bytes;
            sum.dram_written_bytes += traffic.written_bytes;
        }
    }
    return sum;
}

std::vector<Rate> Execution::parts() const {
    std::vector<Rate> caps;
    for (const auto& [name, queue] : running_) {
        if (queue->kernel && queue->running_at(now_)) {
            caps.push_back(cap_of(queue->enabled_units, compute_units_));
        }
    }
    return shared_rates(caps);
}

std::vector<Rate> Execution::rates() const {
    std::vector<Rate> rates = parts();
    if (memory_speed_ == full_bus_speed) {
        return rates;
    }
    auto rate = rates.begin();
    for (const auto& [name, queue] : running_) {
        if (queue->kernel && queue->running_at(now_)) {
            const Rate waiting = std::max<Rate>(*rate * memory_speed_ / full_bus_speed, 1);
            *rate = queue->kernel->moves_memory() ? waiting : *rate;
            ++rate;
        }
    }
    return rates;
}

std::uint64_t Execution::dram_demand() const {
    const std::vector<Rate> all = parts();
    auto part = all.begin();
    double sum = 0;
    for (const auto& [name, queue] : running_) {
        if (queue->kernel && queue->running_at(now_)) {
            sum += queue->kernel->bytes_per_second(*part++);
        }
    }
    return static_cast<std::uint64_t>(sum);
}

std::optional<TimePoint> Execution::next_event(std::span<const Rate> rates) const {
    std::optional<TimePoint> next;
    const auto consider = [&next](TimePoint when) { next = std::min(next.value_or(when), when); };
    auto rate = rates.begin();
    for (const auto& [name, queue] : running_) {
        if (queue->kernel && queue->running_at(now_)) {
            consider(now_ + queue->kernel->time_left(*rate++));
        }
    }
    const auto stall_end = stall_ends_.upper_bound(now_);
    if (stall_end != stall_ends_.end()) {
        consider(*stall_end);
    }
    return next;
}

void Execution::progress(std::span<const Rate> rates, TimePoint to) {
    const Duration elapsed = to - now_;
    auto rate = rates.begin();
    for (const auto& [name, queue] : running_) {
        if (queue->kernel && queue->running_at(now_)) {
            queue->kernel->progress(*rate++, elapsed);
        }
    }
    counters_.busy += rates.empty() ? Duration{} : elapsed;
    now_ = to;
    stall_ends_.erase(stall_ends_.begin(), stall_ends_.upper_bound(now_));
}

void Execution::finish_kernels() {
    for (auto entry = running_.begin(); entry != running_.end();) {
        auto& [name, queue] = *entry;
        if (!queue->kernel || !queue->kernel->finished()) {
            ++entry;
            continue;
        }
        const RunningKernel done = *queue->kernel;
        queue->kernel.reset();
        due_[name] = queue;
        ++counters_.kernels;
        count(done.moved());
        complete_signal(around_.memory,
                        around_.interrupts,
                        {.tgid = name.tgid,
                         .signal_address = done.completion_signal(),
                         .start = done.start(),
                         .end = now_});
        entry = running_.erase(entry);
    }
}

void Execution::look_where_due() {
    // A packet consumed in one round may complete the signal that another queue's barrier waits
    // for; the packets that a queue may consume per call bound the rounds.
    while (look_once_where_due() > 0) {
    }
}

std::uint32_t Execution::look_once_where_due() {
    Some ready;
    for (const Some* const some : {&due_, &at_barrier_}) {
        std::ranges::copy_if(*some, std::inserter(ready, ready.end()), [this](const auto& entry) {
            return entry.second->idle_at(now_);
        });
    }
    const RingsSeen seen = see_rings(around_.memory, ready);
    for (const EmulatedQueue* const queue : seen.empty) {
        due_.erase(queue->setup.name);
    }
    std::uint32_t consumed = 0;
    for (EmulatedQueue* const queue : seen.to_look_at) {
        consumed += look(*queue);
    }
    return consumed;
}

std::uint32_t Execution::look(EmulatedQueue& queue) {
    const QueueName name = queue.setup.name;
    if (std::exchange(queue.last_call, calls_) != calls_) {
        queue.packets_left = packets_per_call;
    }
    const Look seen = look_at(queue.ring, name.tgid, around_, queue.packets_left, now_);
    queue.kernel = seen.launched;
    due_.erase(name);
    at_barrier_.erase(name);
    if (seen.launched) {
        running_[name] = &queue;
    }
    if (seen.at_barrier) {
        at_barrier_[name] = &queue;
    }
    if (seen.consumed > 0) {
        turn_.note(name, now_);
    }
    queue.packets_left -= seen.consumed;
    counters_.packets += seen.consumed;
    return seen.consumed;
}

void Execution::count(const Traffic& traffic) {
    counters_.dram_read_bytes += traffic.read_bytes;
    counters_.dram_written_bytes += traffic.written_bytes;
}

}  // namespace penstock::emulator
