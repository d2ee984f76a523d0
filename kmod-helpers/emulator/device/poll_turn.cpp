// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/poll_turn.h"

#include <algorithm>

namespace penstock::emulator {

namespace {

void add_if_idle(std::vector<EmulatedQueue*>& chosen, EmulatedQueue& queue, TimePoint now) {
    if (queue.idle_at(now)) {
        chosen.push_back(&queue);
    }
}

}  // namespace

std::vector<EmulatedQueue*> PollTurn::next(Queues& queues, TimePoint now) {
    std::vector<EmulatedQueue*> chosen;
    chosen.reserve(most_looks);
    if (queues.size() > most_looks) {
        add_lately_busy(chosen, queues, now);
        add_in_turn(chosen, queues, now);
        return chosen;
    }
    for (auto& [name, queue] : queues) {
        add_if_idle(chosen, queue, now);
    }
    return chosen;
}

void PollTurn::add_lately_busy(std::vector<EmulatedQueue*>& chosen, Queues& queues, TimePoint now) {
    std::erase_if(lately_busy_, [now](const Busy& busy) { return now - busy.seen > lately; });
    for (const Busy& busy : lately_busy_) {
        if (const auto found = queues.find(busy.name); found != queues.end()) {
            add_if_idle(chosen, found->second, now);
        }
    }
}

void PollTurn::add_in_turn(std::vector<EmulatedQueue*>& chosen, Queues& queues, TimePoint now) {
    const std::size_t enough = chosen.size() + looks_in_turn;
    auto at = queues.upper_bound(last_in_turn_);
    for (std::size_t seen = 0; seen < queues.size() && chosen.size() < enough; ++seen) {
        at = at == queues.end() ? queues.begin() : at;
        add_if_idle(chosen, at->second, now);
        last_in_turn_ = at->first;
        ++at;
    }
}

void PollTurn::note(QueueName queue, TimePoint now) {
    const auto found = std::ranges::find(lately_busy_, queue, &Busy::name);
    if (found != lately_busy_.end()) {
        lately_busy_.erase(found);
    } else if (lately_busy_.size() == most_looks - looks_in_turn) {
        lately_busy_.erase(lately_busy_.begin());
    }
    lately_busy_.push_back({queue, now});
}

}  // namespace penstock::emulator
