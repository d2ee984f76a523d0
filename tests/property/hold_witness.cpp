// SPDX-License-Identifier: Apache-2.0

#include "tests/property/hold_witness.h"

#include <algorithm>

namespace penstock {
namespace {

constexpr Duration shortest_pause = std::chrono::milliseconds(10);
constexpr Duration longest_pause = std::chrono::seconds(1);

}  // namespace

void HoldWitness::follow(const std::vector<HeldQueue>& places) {
    std::map<std::pair<OwnerId, std::uint32_t>, TimePoint> named;
    for (const HeldQueue& place : places) {
        named[{place.owner, place.queue}] = place.until;
        accounts_[{place.owner, place.queue}];
    }
    for (auto& [name, account] : accounts_) {
        const TimePoint until = named.contains(name) ? named.at(name) : TimePoint{};
        if (until != account.until) {
            account.suspend_failed.reset();
        }
        account.until = until;
    }
}

void HoldWitness::gone(OwnerId owner) {
    std::erase_if(accounts_, [&](const auto& entry) { return entry.first.first == owner; });
}

void HoldWitness::failed(const Action& action, TimePoint now) {
    Account& account = accounts_[{action.owner, action.queue}];
    account.suspended = action.verb == Verb::resume;
    if (action.verb == Verb::suspend) {
        account.suspend_failed = now;
    }
}

std::string HoldWitness::judge(const Action& action, TimePoint now) {
    Account& account = accounts_[{action.owner, action.queue}];
    const bool suspends = action.verb == Verb::suspend;
    if (account.suspended == suspends) {
        return "has a queue that got the same verb twice";
    }
    account.suspended = suspends;
    if (suspends != (account.until > now)) {
        return "has a queue that was held or let go without a cause";
    }
    if (suspends && account.suspend_failed && now < *account.suspend_failed + shortest_pause) {
        return "has a queue that was tried again without a pause";
    }
    return "";
}

std::string HoldWitness::standing(TimePoint now) const {
    for (const auto& [name, account] : accounts_) {
        const bool wanted = account.until > now;
        const bool spared = account.suspend_failed && now < *account.suspend_failed + longest_pause;
        if (account.suspended && !wanted) {
            return "has a queue that stays held without a cause";
        }
        if (!account.suspended && wanted && !spared) {
            return "has a queue that should be held and is not";
        }
    }
    return "";
}

bool HoldWitness::suspended(OwnerId owner, std::uint32_t queue) const {
    const auto account = accounts_.find({owner, queue});
    return account != accounts_.end() && account->second.suspended;
}

bool HoldWitness::any() const {
    return std::ranges::any_of(accounts_, [](const auto& entry) { return entry.second.suspended; });
}

}  // namespace penstock
