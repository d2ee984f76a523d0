// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/lease_ledger.h"

#include <algorithm>
#include <ranges>

#include "policies/leases/fair_shares.h"
#include "policies/leases/waiting_line.h"

namespace penstock {
namespace {

// Where more is moved, requests queue up and everybody is slower.
constexpr std::uint64_t given_out_percent = 95;

bool is_critical(const Lease& lease) {
    return lease.wish.lease_class == LeaseClass::critical;
}

bool holds(const Lease& lease, const LeasePool& pool) {
    return lease.held && lease.wish.pool == pool;
}

std::uint64_t step_of(const Lease& lease) {
    return std::max<std::uint64_t>(lease.granted / LeaseLedger::step_part, 1);
}

// From what the leases of a pool have to what is fair.
struct Shift {
    const LeasePool& pool;
    std::vector<std::uint64_t> fair;  // One for each lease.

    [[nodiscard]] bool critical_wants_more(std::span<const Lease> all) const {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (holds(all[i], pool) && is_critical(all[i]) && fair[i] > all[i].granted) {
                return true;
            }
        }
        return false;
    }

    void lower(std::span<Lease> all, bool at_once) const {
        for (std::size_t i = 0; i < all.size(); ++i) {
            Lease& each = all[i];
            if (holds(each, pool) && fair[i] < each.granted) {
                const std::uint64_t slowly = std::max(fair[i], each.granted - step_of(each));
                each.granted = at_once ? fair[i] : slowly;
            }
        }
    }

    // By no more than is free together.
    void raise(std::span<Lease> all, bool at_once, std::uint64_t free) const {
        for (std::size_t i = 0; i < all.size(); ++i) {
            Lease& each = all[i];
            if (holds(each, pool) && fair[i] > each.granted) {
                const std::uint64_t up = fair[i] - each.granted;
                const std::uint64_t gained =
                    std::min(at_once ? up : std::min(up, step_of(each)), free);
                each.granted += gained;
                free -= gained;
            }
        }
    }

    [[nodiscard]] bool is_over(std::span<const Lease> all) const {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (holds(all[i], pool) && fair[i] != all[i].granted) {
                return false;
            }
        }
        return true;
    }
};

}  // namespace

void LeaseLedger::measure(const LeasePool& pool, std::optional<std::uint64_t> peak, TimePoint now) {
    const auto former = capacity(pool);
    if (!peak || *peak == 0) {
        peaks_.erase(pool);
        return;
    }
    peaks_[pool] = *peak;
    const std::uint64_t present = capacity(pool).value_or(0);
    if (former != present) {
        shift(pool, now, former.value_or(0) > present);
        shifting_ = true;
    }
}

std::optional<std::uint64_t> LeaseLedger::capacity(const LeasePool& pool) const {
    const auto found = peaks_.find(pool);
    if (found == peaks_.end()) {
        return std::nullopt;
    }
    return (found->second / 100 * given_out_percent) +
           (found->second % 100 * given_out_percent / 100);
}

std::uint64_t LeaseLedger::most_promised(const LeaseWish& wish) const {
    const std::uint64_t whole = capacity(wish.pool).value_or(0);
    const bool of_all = wish.exclusive || wish.lease_class == LeaseClass::critical;
    return of_all ? whole : whole - (whole / reserved_part);
}

std::uint64_t LeaseLedger::promise_for(const LeaseWish& wish) const {
    const std::uint64_t whole = capacity(wish.pool).value_or(0);
    if (wish.exclusive) {
        return whole;
    }
    return std::max(wish.least, std::min({wish.want, usual_floor, whole / floor_part}));
}

LeaseBar LeaseLedger::bar(const LeaseWish& wish, bool counted) const {
    if (!capacity(wish.pool)) {
        return LeaseBar::capacity_unknown;
    }
    if (promise_for(wish) > most_promised(wish)) {
        return LeaseBar::too_large;
    }
    const bool itself =
        wish.party.pid != 0 && std::ranges::any_of(leases_, [&](const Lease& each) {
            return holds(each, wish.pool) && each.wish.exclusive && each.wish.party == wish.party;
        });
    if (itself) {
        return LeaseBar::waits_for_itself;
    }
    if (leases_.size() >= limits_.most) {
        return LeaseBar::too_many;
    }
    const auto own = std::ranges::count_if(
        leases_, [&](const Lease& each) { return each.wish.party.uid == wish.party.uid; });
    return counted && static_cast<std::size_t>(own) >= limits_.most_of_a_user
               ? LeaseBar::too_many_of_user
               : LeaseBar::none;
}

std::uint32_t LeaseLedger::free_number() const {
    std::uint32_t number = last_number_ + 1;
    while (number == 0 || find(number) != nullptr) {
        ++number;
    }
    return number;
}

LeaseId LeaseLedger::enter(const LeaseWish& wish, TimePoint until) {
    last_number_ = free_number();
    const LeaseId id{.number = last_number_, .generation = ++last_generation_};
    leases_.push_back({.id = id, .wish = wish, .promise = promise_for(wish), .until = until});
    shifting_ = true;
    return id;
}

bool LeaseLedger::restore(std::uint32_t number,
                          const LeaseWish& wish,
                          std::uint64_t promise,
                          TimePoint now) {
    if (number == 0 || find(number) != nullptr || leases_.size() >= limits_.most) {
        return false;
    }
    last_number_ = std::max(last_number_, number);
    leases_.push_back({.id = {.number = number, .generation = ++last_generation_},
                       .wish = wish,
                       .held = true,
                       .promise = promise,
                       .granted = promise,
                       .held_since = now});
    shifting_ = true;
    return true;
}

bool LeaseLedger::release(const LeaseId& id) {
    const auto found = std::ranges::find(leases_, id, &Lease::id);
    if (found == leases_.end()) {
        return false;
    }
    leases_.erase(found);
    shifting_ = true;
    return true;
}

void LeaseLedger::note_use(const LeaseId& id, std::uint64_t rate) {
    const auto found = std::ranges::find(leases_, id, &Lease::id);
    if (found != leases_.end() && found->held) {
        found->use.note(rate);
        shifting_ = true;
    }
}

LeaseLedger::News LeaseLedger::settle(TimePoint now) {
    News news;
    downgrade(now);
    const bool time_to_shift = !shifted_ || now - *shifted_ >= period;
    if (time_to_shift) {
        shifted_ = now;
        shifting_ = false;
    }
    for (const LeasePool& pool : std::views::keys(peaks_)) {
        if (time_to_shift) {
            shift(pool, now, false);
        }
        admit(pool, now, news);
    }
    // Last: whoever is looked at too late, but fits, has waited for long enough.
    expire(now, news);
    return news;
}

void LeaseLedger::expire(TimePoint now, News& news) {
    std::erase_if(leases_, [&](const Lease& each) {
        const bool late = !each.held && each.until <= now;
        if (late) {
            news.expired.push_back(each.id);
        }
        return late;
    });
    tally_.expired += news.expired.size();
}

void LeaseLedger::downgrade(TimePoint now) {
    for (Lease& each : leases_) {
        const auto waits = [&](const Lease& other) {
            return !other.held && other.wish.pool == each.wish.pool;
        };
        if (each.held && each.wish.exclusive && now - each.held_since >= longest_exclusive &&
            std::ranges::any_of(leases_, waits)) {
            each.wish.exclusive = false;
            each.promise = promise_for(each.wish);
            each.granted = std::max(each.promise, std::min(each.granted, each.wish.want));
            ++tally_.downgraded;
            shift(each.wish.pool, now, true);
        }
    }
}

bool LeaseLedger::fits(const Lease& waiter) const {
    const LeasePool& pool = waiter.wish.pool;
    const auto held = [&](const Lease& each) { return holds(each, pool); };
    if (waiter.wish.exclusive) {
        return std::ranges::none_of(leases_, held);
    }
    const auto alone = [&](const Lease& each) { return held(each) && each.wish.exclusive; };
    const std::uint64_t promised = promises(pool);
    const std::uint64_t most = most_promised(waiter.wish);
    if (std::ranges::any_of(leases_, alone) || promised > most ||
        most - promised < waiter.promise) {
        return false;
    }
    // For a critical one others make room at once.
    return is_critical(waiter) || capacity(pool).value_or(0) >= granted(pool) + waiter.promise;
}

void LeaseLedger::admit(const LeasePool& pool, TimePoint now, News& news) {
    while (true) {
        // Anew after each: it may be somebody's turn whom nobody may bypass any more.
        const std::vector<std::size_t> line = waiting_line(leases_, pool, now);
        const auto next =
            std::ranges::find_if(line, [&](std::size_t i) { return fits(leases_[i]); });
        if (next == line.end()) {
            return;
        }
        grant(leases_[*next], now);
        news.granted.push_back(leases_[*next].id);
    }
}

void LeaseLedger::grant(Lease& lease, TimePoint now) {
    const LeasePool& pool = lease.wish.pool;
    lease.held = true;
    lease.held_since = now;
    shifting_ = true;
    lease.promise = lease.wish.exclusive ? capacity(pool).value_or(0) : lease.promise;
    ++tally_.granted;
    if (note_bypasses(leases_, lease, now)) {
        ++tally_.bypassed;
    }
    lease.granted = lease.promise;
    if (is_critical(lease)) {
        shift(pool, now, true);
        return;
    }
    const std::uint64_t whole = capacity(pool).value_or(0);
    const auto place = static_cast<std::size_t>(&lease - leases_.data());
    const std::uint64_t fair =
        fair_shares(leases_, pool, whole - promised_to_next(pool, now))[place];
    const std::uint64_t free = whole - std::min(whole, granted(pool));
    lease.granted = std::clamp(fair, lease.promise, lease.promise + free);
}

// For whom the others make room: the first who waits and could be promised what it needs.
std::uint64_t LeaseLedger::promised_to_next(const LeasePool& pool, TimePoint now) const {
    const std::uint64_t promised = promises(pool);
    for (const std::size_t i : waiting_line(leases_, pool, now)) {
        const Lease& waiter = leases_[i];
        const std::uint64_t most = most_promised(waiter.wish);
        if (!waiter.wish.exclusive && promised <= most && waiter.promise <= most - promised) {
            return waiter.promise;
        }
    }
    return 0;
}

void LeaseLedger::shift(const LeasePool& pool, TimePoint now, bool at_once) {
    const std::uint64_t whole = capacity(pool).value_or(0);
    if (whole == 0) {
        return;
    }
    const std::uint64_t next = std::min(promised_to_next(pool, now), whole);
    const Shift towards{.pool = pool, .fair = fair_shares(leases_, pool, whole - next)};
    // For a critical one the others make room at once.
    const bool hurry = at_once || towards.critical_wants_more(leases_);
    towards.lower(leases_, hurry);
    towards.raise(leases_, hurry, whole - std::min(whole, granted(pool)));
    shifting_ = shifting_ || !towards.is_over(leases_);
}

std::optional<TimePoint> LeaseLedger::due() const {
    const auto waits = [](const Lease& each) { return !each.held; };
    const bool somebody_waits = std::ranges::any_of(leases_, waits);
    if (leases_.empty() || (!shifting_ && !somebody_waits)) {
        return std::nullopt;
    }
    TimePoint next = shifted_.value_or(TimePoint{}) + period;
    for (const Lease& each : leases_) {
        next = each.held ? next : std::min(next, each.until);
    }
    return next;
}

const Lease* LeaseLedger::find(std::uint32_t number) const {
    const auto found =
        std::ranges::find(leases_, number, [](const Lease& each) { return each.id.number; });
    return found != leases_.end() ? &*found : nullptr;
}

std::uint64_t LeaseLedger::granted(const LeasePool& pool) const {
    std::uint64_t sum = 0;
    for (const Lease& each : leases_) {
        sum += holds(each, pool) ? each.granted : 0;
    }
    return sum;
}

std::uint64_t LeaseLedger::promises(const LeasePool& pool) const {
    std::uint64_t sum = 0;
    for (const Lease& each : leases_) {
        sum += holds(each, pool) ? each.promise : 0;
    }
    return sum;
}

template <typename Counts>
std::uint64_t LeaseLedger::asked(const LeasePool& pool, Counts counts) const {
    std::uint64_t sum = 0;
    for (const Lease& each : leases_) {
        if (each.wish.pool == pool && counts(each.wish.party)) {
            const std::uint64_t asked = each.wish.exclusive ? each.promise : each.wish.want;
            sum = asked > UINT64_MAX - sum ? UINT64_MAX : sum + asked;
        }
    }
    return sum;
}

std::uint64_t LeaseLedger::asked_by(std::uint32_t uid, const LeasePool& pool) const {
    return asked(pool, [&](const LeaseParty& party) { return party.uid == uid; });
}

std::uint64_t LeaseLedger::asked_by_process(std::uint32_t pid, const LeasePool& pool) const {
    return asked(pool, [&](const LeaseParty& party) { return party.pid == pid; });
}

}  // namespace penstock
