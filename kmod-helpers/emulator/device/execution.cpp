// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/execution.h"

#include <algorithm>

#include "kmod-helpers/emulator/device/signals.h"

namespace penstock::emulator {

void Execution::advance(TimePoint to) {
    for (auto& [name, queue] : queues_) {
        queue.packets_left = packets_per_call;
    }
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

void Execution::poll() {
    for (auto& [name, queue] : queues_) {
        queue.look_due = queue.look_due || queue.idle_at(now_);
    }
    look_where_due();
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
    for (const auto& [name, queue] : queues_) {
        if (queue.kernel) {
            const Traffic traffic = queue.kernel->moved();
            sum.dram_read_bytes += traffic.read_bytes;
            sum.dram_written_bytes += traffic.written_bytes;
        }
    }
    return sum;
}

std::vector<Rate> Execution::rates() const {
    std::vector<Rate> caps;
    for (const auto& [name, queue] : queues_) {
        if (queue.kernel && queue.running_at(now_)) {
            caps.push_back(cap_of(queue.enabled_units, compute_units_));
        }
    }
    return shared_rates(caps);
}

std::optional<TimePoint> Execution::next_event(std::span<const Rate> rates) const {
    std::optional<TimePoint> next;
    const auto consider = [&next](TimePoint when) { next = std::min(next.value_or(when), when); };
    auto rate = rates.begin();
    for (const auto& [name, queue] : queues_) {
        if (queue.kernel && queue.running_at(now_)) {
            consider(now_ + queue.kernel->time_left(*rate++));
        } else if (queue.mapped() && queue.stalled_until > now_) {
            consider(queue.stalled_until);
        }
    }
    return next;
}

void Execution::progress(std::span<const Rate> rates, TimePoint to) {
    const Duration elapsed = to - now_;
    auto rate = rates.begin();
    for (auto& [name, queue] : queues_) {
        if (queue.kernel && queue.running_at(now_)) {
            queue.kernel->progress(*rate++, elapsed);
        }
    }
    counters_.busy += rates.empty() ? Duration{} : elapsed;
    now_ = to;
}

void Execution::finish_kernels() {
    for (auto& [name, queue] : queues_) {
        if (!queue.kernel || !queue.kernel->finished()) {
            continue;
        }
        const RunningKernel done = *queue.kernel;
        queue.kernel.reset();
        queue.look_due = true;
        ++counters_.kernels;
        count(done.moved());
        complete_signal(around_.memory,
                        around_.interrupts,
                        {.tgid = name.tgid,
                         .signal_address = done.completion_signal(),
                         .start = done.start(),
                         .end = now_});
    }
}

void Execution::look_where_due() {
    // A packet consumed in one round may complete the signal that another queue's barrier waits
    // for; the packets that a queue may consume per call bound the rounds.
    while (look_once_where_due() > 0) {
    }
}

std::uint32_t Execution::look_once_where_due() {
    std::uint32_t consumed = 0;
    for (auto& [name, queue] : queues_) {
        if ((queue.look_due || queue.at_barrier) && queue.idle_at(now_)) {
            consumed += look(queue);
        }
    }
    return consumed;
}

std::uint32_t Execution::look(EmulatedQueue& queue) {
    const Look seen = look_at(queue.ring, queue.setup.name.tgid, around_, queue.packets_left, now_);
    queue.kernel = seen.launched;
    queue.at_barrier = seen.at_barrier;
    queue.look_due = false;
    queue.packets_left -= seen.consumed;
    counters_.packets += seen.consumed;
    return seen.consumed;
}

void Execution::count(const Traffic& traffic) {
    counters_.dram_read_bytes += traffic.read_bytes;
    counters_.dram_written_bytes += traffic.written_bytes;
}

}  // namespace penstock::emulator
