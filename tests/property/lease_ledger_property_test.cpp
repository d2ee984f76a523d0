// SPDX-License-Identifier: Apache-2.0
//
// Whatever clients ask for, in whatever order they come, wait and die: a pool never grants more
// than it has or has promised, nobody gets less than his promise, and nothing is left when all are
// gone.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "policies/leases/lease_ledger.h"

namespace penstock {
namespace {

constexpr std::uint64_t giga = 1'000'000'000;
constexpr int steps = 100'000;

class Crowd {
  public:
    explicit Crowd(unsigned seed) : random_(seed) {
        for (const LeasePool& pool : pools_) {
            ledger_.measure(pool, 100 * giga, now_);
        }
    }

    void step() {
        now_ += std::chrono::microseconds(pick(4000));
        switch (pick(8)) {
            case 0:
            case 1:
            case 2:
                come();
                break;
            case 3:
                die();
                die();
                break;
            case 4:
                use();
                break;
            default:
                break;
        }
        if (pick(500) == 0) {
            change_pool();
        }
        const auto news = ledger_.settle(now_);
        granted_ += news.granted.size();
        check();
    }

    void leave() {
        while (!ledger_.all().empty()) {
            die();
            check();
        }
        ledger_.settle(now_);
        for (const LeasePool& pool : pools_) {
            EXPECT_EQ(ledger_.granted(pool), 0U);
        }
        EXPECT_EQ(ledger_.due(), std::nullopt);
        EXPECT_GT(granted_, 1000U) << "the crowd has been busy";
        EXPECT_GT(ledger_.tally().bypassed, 100U);
        EXPECT_GT(ledger_.tally().expired, 100U);
        EXPECT_GT(ledger_.tally().downgraded, 10U);
    }

  private:
    std::uint64_t pick(std::uint64_t below) {
        return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_);
    }

    void come() {
        LeaseWish wish{.pool = pools_[pick(pools_.size())],
                       .party = {.uid = static_cast<std::uint32_t>(1000 + pick(20)),
                                 .pid = static_cast<std::uint32_t>(1 + pick(40))},
                       .lease_class = static_cast<LeaseClass>(pick(4)),
                       .weight = static_cast<std::uint32_t>(1 + pick(10000)),
                       .want = 1 + pick(pick(2) == 0 ? 5 * giga : 90 * giga),
                       .exclusive = pick(15) == 0};
        wish.least = pick(2) == 0 ? wish.want : pick(wish.want + 1);
        if (ledger_.bar(wish, true) == LeaseBar::none) {
            ledger_.enter(wish, now_ + std::chrono::milliseconds(pick(200)));
        }
    }

    // The holder, or who waits, is killed; the same news may come twice.
    void die() {
        if (ledger_.all().empty()) {
            return;
        }
        const LeaseId id = ledger_.all()[pick(ledger_.all().size())].id;
        EXPECT_TRUE(ledger_.release(id));
        EXPECT_FALSE(ledger_.release(id));
    }

    void use() {
        if (!ledger_.all().empty()) {
            const Lease& lease = ledger_.all()[pick(ledger_.all().size())];
            ledger_.note_use(lease.id, pick(100 * giga));
        }
    }

    void change_pool() {
        const bool unknown = pick(4) == 0;
        const std::uint64_t peak = (50 + pick(100)) * giga;
        const LeasePool& pool = pools_[pick(pools_.size())];
        ledger_.measure(pool, unknown ? std::nullopt : std::optional(peak), now_);
    }

    void check() const {
        for (const LeasePool& pool : pools_) {
            check(pool);
        }
        ASSERT_LE(ledger_.all().size(), ledger_.limits().most);
    }

    void check(const LeasePool& pool) const {
        std::uint64_t granted = 0;
        std::uint64_t promised = 0;
        int holders = 0;
        int alone = 0;
        for (const Lease& each : ledger_.all()) {
            if (!each.held || each.wish.pool != pool) {
                continue;
            }
            ASSERT_GE(each.granted, each.promise);
            ASSERT_LE(each.granted, std::max(each.promise, each.wish.want));
            granted += each.granted;
            promised += each.promise;
            ++holders;
            alone += each.wish.exclusive ? 1 : 0;
        }
        ASSERT_EQ(granted, ledger_.granted(pool));
        ASSERT_TRUE(alone == 0 || holders == 1);
        if (const auto capacity = ledger_.capacity(pool)) {
            ASSERT_LE(granted, std::max(*capacity, promised));
        }
    }

    std::mt19937_64 random_;
    TimePoint now_ = from_ns(1'000'000'000);
    LeaseLedger ledger_{};
    std::uint64_t granted_ = 0;
    std::array<LeasePool, 2> pools_{LeasePool{.number = 0},
                                    LeasePool{.kind = LeasePool::Kind::to_device, .number = 7}};
};

TEST(LeaseLedgerProperty, never_grants_more_than_there_is_nor_less_than_it_promised) {
    Crowd crowd(20);
    for (int i = 0; i < steps && !testing::Test::HasFatalFailure(); ++i) {
        crowd.step();
    }
    crowd.leave();
}

}  // namespace
}  // namespace penstock
