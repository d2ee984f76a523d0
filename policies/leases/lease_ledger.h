// SPDX-License-Identifier: Apache-2.0
//
// Lease ledger: who holds how much of which bandwidth, who waits for some, and what each gets.
//
// Of what a pool can move at its best, 95 % are given out. A lease is promised what it cannot do
// without, and no grant falls below its promise. What remains is shared by weight, shifts a step at
// a time as others come and go, and leaves those who do not use it. Critical leases come first: for
// one of them, others make room at once. The ledger touches nothing and asks no clock.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "policies/leases/lease.h"

namespace penstock {

// Why a wish can not be entered, ever or now.
enum class LeaseBar : std::uint8_t {
    none,
    capacity_unknown,  // Nobody knows what the pool can move.
    too_large,         // More than can be promised to this class.
    waits_for_itself,  // Its party holds the pool alone.
    too_many,
    too_many_of_user,
};

class LeaseLedger {
  public:
    struct Limits {
        std::size_t most = 128;
        std::size_t most_of_a_user = 16;
    };

    // Grants change at these times, by a quarter of what they are.
    static constexpr Duration period{std::chrono::milliseconds(10)};
    // An exclusive lease for which others wait becomes an ordinary one.
    static constexpr Duration longest_exclusive{std::chrono::milliseconds(50)};
    // Nobody is promised less, where he wants as much: this, or a 20th of the pool.
    static constexpr std::uint64_t usual_floor = 4'000'000'000;
    static constexpr std::uint64_t floor_part = 20;
    // A fifth is promised to critical leases only, so that there is room when one comes.
    static constexpr std::uint64_t reserved_part = 5;
    static constexpr std::uint64_t step_part = 4;

    void limit(Limits limits) { limits_ = limits; }

    [[nodiscard]] Limits limits() const { return limits_; }

    // What the pool can move at its best; nothing when nobody knows.
    void measure(const LeasePool& pool, std::optional<std::uint64_t> peak, TimePoint now);

    // What is given out of it. Nothing when it is unknown.
    [[nodiscard]] std::optional<std::uint64_t> capacity(const LeasePool& pool) const;

    // The most that a lease of this class, exclusive or not, can be promised.
    [[nodiscard]] std::uint64_t most_promised(const LeaseWish& wish) const;

    // `counted`: whether the bound of each user holds for this one.
    [[nodiscard]] LeaseBar bar(const LeaseWish& wish, bool counted) const;

    // Nothing bars the wish. It waits until settle() grants it, until `until` at the longest.
    LeaseId enter(const LeaseWish& wish, TimePoint until);

    // Held already, by the word of a former agent. False when the number is taken.
    bool restore(std::uint32_t number, const LeaseWish& wish, std::uint64_t promise, TimePoint now);

    // Held or waiting; it is gone then. False when there is none such: it was released before.
    bool release(const LeaseId& id);

    // What the lease used lately, where it is counted.
    void note_use(const LeaseId& id, std::uint64_t rate);

    struct News {
        std::vector<LeaseId> granted{};
        std::vector<LeaseId> expired{};  // Waited for too long, and are gone.
    };

    // Grants what can be granted, and shifts grants when their time has come.
    News settle(TimePoint now);

    // When something may change without anybody's doing; never, when it is absent.
    [[nodiscard]] std::optional<TimePoint> due() const;

    [[nodiscard]] std::span<const Lease> all() const { return leases_; }

    [[nodiscard]] const Lease* find(std::uint32_t number) const;
    [[nodiscard]] std::uint64_t granted(const LeasePool& pool) const;

    // What the user has asked for of the pool, granted or not.
    [[nodiscard]] std::uint64_t asked_by(std::uint32_t uid, const LeasePool& pool) const;
    [[nodiscard]] std::uint64_t asked_by_process(std::uint32_t pid, const LeasePool& pool) const;

    struct Tally {
        std::uint64_t granted = 0;
        std::uint64_t expired = 0;
        std::uint64_t bypassed = 0;    // Granted, although others had come before.
        std::uint64_t downgraded = 0;  // Exclusive ones for which others waited.
    };

    [[nodiscard]] const Tally& tally() const { return tally_; }

  private:
    template <typename Counts>
    [[nodiscard]] std::uint64_t asked(const LeasePool& pool, Counts counts) const;
    [[nodiscard]] std::uint64_t promises(const LeasePool& pool) const;
    [[nodiscard]] std::uint64_t promise_for(const LeaseWish& wish) const;
    [[nodiscard]] bool fits(const Lease& waiter) const;
    [[nodiscard]] std::uint64_t promised_to_next(const LeasePool& pool, TimePoint now) const;
    [[nodiscard]] std::uint32_t free_number() const;
    void expire(TimePoint now, News& news);
    void downgrade(TimePoint now);
    void admit(const LeasePool& pool, TimePoint now, News& news);
    void grant(Lease& lease, TimePoint now);
    // Towards what is fair: by a step, or at once.
    void shift(const LeasePool& pool, TimePoint now, bool at_once);

    Limits limits_{};
    std::map<LeasePool, std::uint64_t> peaks_{};
    std::vector<Lease> leases_{};  // By generation.
    std::uint64_t last_generation_ = 0;
    std::uint32_t last_number_ = 0;
    std::optional<TimePoint> shifted_{};
    bool shifting_ = false;  // Some grant is not what is fair yet.
    Tally tally_{};
};

}  // namespace penstock
