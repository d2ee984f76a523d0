// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/warden.h"

#include <algorithm>
#include <span>
#include <utility>

namespace penstock::sim {
namespace {

// As the desk has it: who submits as fast as it looks is met again at the next event.
constexpr int most_rounds = 4;

// The gate takes some time for each pass, so that it never makes two at once.
constexpr Duration shortest_pass = std::chrono::microseconds(1);

}  // namespace

bool Warden::follow(const DeviceOrder& order, TimePoint now) {
    if (order == standing_) {
        return false;
    }
    standing_ = order;
    executor_.follow(order, now);
    act(now);
    return true;
}

// A notice that is under way tells of all moves until it arrives.
void Warden::launched(std::uint32_t process, TimePoint now) {
    Cared& cared = cared_[process];
    if (cared.asked && !cared.told) {
        cared.told = true;
        agenda_.add({.at = now + model_.notice, .kind = Event::Kind::noticed, .subject = process});
    }
}

void Warden::noticed(std::uint32_t process, TimePoint now) {
    cared_[process].told = false;
    if (workload_.processes()[process].dead) {
        return;
    }
    take_work(process, now);
    act(now);
}

void Warden::gone(std::uint32_t process, TimePoint now) {
    executor_.gone(owner_of(process));
    std::erase(tracked_, process);
    act(now);
}

void Warden::take_work(std::uint32_t process, TimePoint now) {
    Cared& cared = cared_[process];
    cared.written = workload_.look(process).written;
    executor_.has_work(owner_of(process), now);
    if (!std::exchange(cared.tracked, true)) {
        tracked_.push_back(process);
    }
}

void Warden::act(TimePoint now) {
    for (int round = 0; round < most_rounds; ++round) {
        const std::span<const Action> actions = executor_.act(now);
        due_.assign(actions.begin(), actions.end());
        for (const Action& action : due_) {
            carry_out(action, now);
        }
        if (!attend_idle(now)) {
            break;
        }
    }
    std::optional<TimePoint> next = executor_.next_deadline();
    if (samples_) {
        next = std::min(next.value_or(TimePoint::max()), last_look_ + model_.sampling);
    }
    next_ = next ? std::max(*next, now + shortest_pass) : TimePoint::max();
}

// True when somebody has work that was not seen before.
bool Warden::attend_idle(TimePoint now) {
    bool found = false;
    samples_ = false;
    for (const std::uint32_t process : tracked_) {
        samples_ = samples_ || executor_.wants_sampling(owner_of(process));
        found = attend(process, now) || found;
    }
    forget_idle();
    return found;
}

// Asks for the next move of who has become idle, or is about to, and looks once for what was missed
// before.
bool Warden::attend(std::uint32_t process, TimePoint now) {
    Cared& cared = cared_[process];
    if (!executor_.wants_moves(owner_of(process))) {
        cared.asked = false;
        return false;
    }
    if (std::exchange(cared.asked, true)) {
        return false;
    }
    const Workload::Sight sight = workload_.look(process);
    if (!sight.work && sight.written == cared.written) {
        return false;
    }
    cared.written = sight.written;
    executor_.has_work(owner_of(process), now);
    return true;
}

void Warden::forget_idle() {
    std::erase_if(tracked_, [this](std::uint32_t process) {
        const OwnerId owner = owner_of(process);
        const bool done = executor_.wants_moves(owner) && !executor_.wants_sampling(owner);
        cared_[process].tracked = !done;
        return done;
    });
}

void Warden::pass_time(TimePoint now) {
    if (samples_ && now >= last_look_ + model_.sampling) {
        look_around(now);
    }
    act(now);
}

void Warden::look_around(TimePoint now) {
    for (const std::uint32_t process : tracked_) {
        const OwnerId owner = owner_of(process);
        if (!executor_.wants_sampling(owner)) {
            continue;
        }
        const Workload::Sight sight = workload_.look(process);
        if (sight.work || sight.written != cared_[process].written) {
            take_work(process, now);
        }
        if (!sight.work) {
            executor_.drained(owner, now);
        }
    }
    last_look_ = now;
}

void Warden::carry_out(const Action& action, TimePoint now) {
    const std::uint32_t process = process_of(action.owner);
    const bool suspends = action.verb == Verb::suspend;
    if (suspends) {
        workload_.note_preemption(process, now);
    }
    const TimePoint effect = now + model_.order;
    agenda_.add(
        {.at = effect, .kind = Event::Kind::ordered, .subject = process, .suspends = suspends});
    const Duration change = suspends ? model_.save : model_.restore;
    const Duration takes = model_.reach == Reach::running ? change : Duration{};
    acted_.push_back({.owner = action.owner,
                      .gpu = gpu_,
                      .verb = action.verb,
                      .reason = action.reason,
                      .queues = 1,
                      .entered_ns = to_ns(effect),
                      .done_ns = to_ns(effect + takes)});
}

void Warden::report_to(std::vector<wire::FromGate>& news) {
    for (const wire::Acted& acted : acted_) {
        news.emplace_back(acted);
    }
    acted_.clear();
}

}  // namespace penstock::sim
