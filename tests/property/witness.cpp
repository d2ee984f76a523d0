// SPDX-License-Identifier: Apache-2.0

#include "tests/property/witness.h"

#include <algorithm>
#include <set>

namespace penstock {
namespace {

constexpr Duration shortest_pause = std::chrono::milliseconds(10);
constexpr Duration longest_pause = std::chrono::seconds(1);

bool held(const RankedOwner& place, TimePoint now) {
    return place.preemptible && place.held_until > now;
}

// The ranks that the executor may give it, whatever time and service do.
Contender contender_at(const RankedOwner& place) {
    Contender made{.owner = place.owner, .lowest = place.rank, .highest = place.rank};
    if (place.late.after > Duration{}) {
        made.highest = std::max(made.highest, place.late.rank);
    }
    if (place.deadline > Duration{} && place.steal.quantum > Duration{}) {
        made.highest = std::max(made.highest, place.steal.rank);
    }
    if (place.descent.allotment > Duration{}) {
        made.lowest -= place.descent.levels - 1;
    }
    if (place.budget.amount > Duration{}) {
        made.highest = std::max(made.highest, place.budget.rank);
        made.may_be_barred = place.budget.hard;
    }
    return made;
}

}  // namespace

void Witness::follow(const DeviceOrder& order, TimePoint now) {
    order_ = order;
    fill_purse(now);
    if (purse_.interval != order.suspension_interval || purse_.burst != order.suspension_burst) {
        purse_.interval = order.suspension_interval;
        purse_.burst = order.suspension_burst;
        purse_.credit = std::max(purse_.credit, -purse_.interval * purse_.burst);
        purse_.by_rank.clear();
    }
    std::map<OwnerId, RankedOwner> places;
    for (const RankedOwner& place : order.owners) {
        places[place.owner] = place;
        accounts_[place.owner];
    }
    for (auto& [owner, account] : accounts_) {
        const auto place = places.find(owner);
        account.named = place != places.end();
        if (!account.named || account.place != place->second) {
            account.suspend_failed.reset();
        }
        account.place = account.named ? place->second : account.place;
    }
    holds_.follow(order.held_queues);
}

void Witness::has_work(OwnerId owner) {
    accounts_[owner].busy = true;
    accounts_[owner].empty_since.reset();
}

void Witness::drained(OwnerId owner, TimePoint now) {
    const auto found = accounts_.find(owner);
    if (found == accounts_.end()) {
        return;
    }
    Account& account = found->second;
    if (account.busy && !account.suspended && !account.empty_since) {
        account.empty_since = now;
    }
}

void Witness::acted(std::span<const Action> actions, TimePoint now) {
    settle(now);
    fill_purse(now);
    std::set<std::pair<OwnerId, std::uint32_t>> seen;
    bool resumed = false;
    for (const Action& action : actions) {
        if (!seen.emplace(action.owner, action.queue).second) {
            object(action.owner, now, "got two verbs at once");
        }
        if (action.verb == Verb::suspend && resumed) {
            object(action.owner, now, "was suspended after another was resumed");
        }
        resumed = resumed || action.verb == Verb::resume;
        check_action(action, now);
    }
    if (const std::string wrong = holds_.standing(now); !wrong.empty()) {
        object({}, now, wrong);
    }
    for (const auto& [owner, account] : accounts_) {
        check_standing(owner, account, now);
    }
    const std::string wrong = turns(now).judge_rivals();
    if (!wrong.empty() && order_.longest_suspension > Duration{}) {
        object({}, now, wrong);
    }
}

void Witness::failed(const Action& action, TimePoint now) {
    if (action.queue != every_queue) {
        holds_.failed(action, now);
        return;
    }
    Account& account = accounts_[action.owner];
    account.suspended = action.verb == Verb::resume;
    if (action.verb == Verb::suspend) {
        account.suspend_failed = now;
    }
}

bool Witness::suspended(OwnerId owner) const {
    const auto account = accounts_.find(owner);
    return account != accounts_.end() && account->second.suspended;
}

bool Witness::anyone_suspended() const {
    return holds_.any() ||
           std::ranges::any_of(accounts_, [](const auto& entry) { return entry.second.suspended; });
}

void Witness::settle(TimePoint now) {
    for (auto& [owner, account] : accounts_) {
        if (account.empty_since && now - *account.empty_since >= order_.settle) {
            account.busy = false;
            account.empty_since.reset();
        }
    }
}

void Witness::check_action(const Action& action, TimePoint now) {
    if (action.queue != every_queue) {
        check_hold(action, now);
    } else if (action.verb == Verb::suspend) {
        check_suspend(action, now);
    } else {
        check_resume(action, now);
    }
}

void Witness::check_hold(const Action& action, TimePoint now) {
    // It costs only what is not suspended yet.
    if (action.verb == Verb::suspend && !suspended(action.owner)) {
        pay(action, {}, now);
    }
    if (const std::string wrong = holds_.judge(action, now); !wrong.empty()) {
        object(action.owner, now, wrong);
    }
}

void Witness::check_suspend(const Action& action, TimePoint now) {
    Account& account = accounts_[action.owner];
    const bool is_held = held(account.place, now);
    if (account.suspended) {
        object(action.owner, now, "was suspended twice");
    }
    if (now < account.window_end && !is_held) {
        object(action.owner, now, "was suspended within its run window");
    }
    if (account.suspend_failed && now < *account.suspend_failed + shortest_pause) {
        object(action.owner, now, "was tried again without a pause");
    }
    if (is_held != (action.reason == Reason::operator_request)) {
        object(action.owner, now, "was suspended for the wrong reason");
    }
    pay(action, account.place, now);
    account.suspended = true;
    account.suspended_since = now;
    account.empty_since.reset();
}

void Witness::check_resume(const Action& action, TimePoint now) {
    Account& account = accounts_[action.owner];
    if (!account.suspended) {
        object(action.owner, now, "was resumed without being suspended");
    }
    account.suspended = false;
    if (action.reason == Reason::longest_suspension) {
        account.window_end = now + order_.run_window;
        if (now - account.suspended_since < order_.longest_suspension) {
            object(action.owner, now, "was resumed before the longest suspension");
        }
    }
}

// What must hold after every act(): who has to be suspended is, who must not be is not.
void Witness::check_standing(OwnerId owner, const Account& account, TimePoint now) {
    const bool is_held = held(account.place, now);
    const bool preempts = order_.longest_suspension > Duration{};
    const Claim rightly = claim(account, now);
    const bool wanted = account.named && account.place.preemptible &&
                        (is_held || (preempts && rightly == Claim::waits));
    const bool open = preempts && rightly == Claim::either && !is_held && account.named &&
                      account.place.preemptible;
    if (account.suspended && !wanted && !open) {
        object(owner, now, "stays suspended without a cause");
    }
    if (account.suspended && !is_held &&
        now - account.suspended_since >= order_.longest_suspension) {
        object(owner, now, "stays suspended for too long");
    }
    if (!account.suspended && wanted && !is_spared(account, now)) {
        object(owner, now, "should be suspended and is not");
    }
}

bool Witness::is_spared(const Account& account, TimePoint now) const {
    const bool is_held = held(account.place, now);
    const bool too_dear =
        !is_held && account.place.costs_device_time && purse_.credit < purse_.interval;
    // A resume for the longest suspension needs no window to count for this instant.
    const bool just_resumed =
        account.suspended_since + order_.longest_suspension <= now && account.window_end == now;
    return too_dear || (!is_held && now < account.window_end) || just_resumed ||
           (account.suspend_failed && now < *account.suspend_failed + longest_pause);
}

void Witness::fill_purse(TimePoint now) {
    purse_.credit += now - purse_.counted_until;
    purse_.counted_until = now;
}

void Witness::pay(const Action& action, const RankedOwner& place, TimePoint now) {
    if (!place.costs_device_time) {
        return;
    }
    const Duration whole = purse_.interval * purse_.burst;
    purse_.credit = std::min(purse_.credit, whole);
    if (action.reason != Reason::operator_request) {
        if (purse_.credit < purse_.interval) {
            object(action.owner, now, "was suspended without credit");
        }
        check_rate(action.owner, now);
    }
    purse_.credit = std::max(purse_.credit - purse_.interval, -whole);
}

// In any window, at most a burst and one more per interval, whatever the purse says.
void Witness::check_rate(OwnerId owner, TimePoint now) {
    purse_.by_rank.push_back(now);
    if (purse_.interval == Duration{}) {
        return;
    }
    std::int64_t count = 0;
    for (auto first = purse_.by_rank.rbegin(); first != purse_.by_rank.rend(); ++first) {
        ++count;
        if (count > purse_.burst + (now - *first) / purse_.interval) {
            object(owner, now, "was suspended too soon after others");
            return;
        }
    }
}

TurnWitness Witness::turns(TimePoint now) const {
    std::vector<Contender> contenders;
    for (const auto& [owner, account] : accounts_) {
        if (account.named && account.busy && !held(account.place, now)) {
            contenders.push_back(contender_at(account.place));
            contenders.back().suspended = account.suspended;
            contenders.back().bound = account.place.preemptible && !is_spared(account, now);
        }
    }
    return {order_.runners, std::move(contenders)};
}

Claim Witness::claim(const Account& account, TimePoint now) const {
    return account.busy ? turns(now).claim(contender_at(account.place)) : Claim::runs;
}

void Witness::object(OwnerId owner, TimePoint now, const std::string& sentence) {
    complaints_ += "at " + std::to_string(to_ns(now)) + " ns, owner " +
                   std::to_string(owner.value) + " " + sentence + "\n";
}

}  // namespace penstock
