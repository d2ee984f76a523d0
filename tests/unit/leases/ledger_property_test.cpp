// SPDX-License-Identifier: Apache-2.0
//
// What holds of a ledger whoever comes, leaves and waits, in any order.

#include <gmock/gmock.h>

#include <random>

#include "policies/leases/water_level.h"
#include "tests/unit/leases/stage.h"

namespace penstock::test {
namespace {

// Clients of any class that come and go at random, by the seed.
class Crowd {
  public:
    explicit Crowd(std::uint32_t seed) : chance_(seed) {}

    Stage stage{};
    std::vector<LeaseId> known{};

    void act() {
        switch (below(4)) {
            case 0:
                enter();
                break;
            case 1:
                leave();
                break;
            case 2:
                for (const LeaseId& id : known) {
                    stage.ledger.note_use(id, below(100) * giga);
                }
                break;
            default:
                stage.pass(Duration(1ms) * static_cast<int>(below(30)));
                break;
        }
    }

  private:
    std::uint64_t below(std::uint32_t bound) { return chance_() % bound; }

    void enter() {
        const std::uint64_t want = (1 + below(95)) * giga;
        LeaseWish wish = stage.wish(want, below(2) == 0 ? want : want / 10);
        wish.pool = below(4) == 0 ? other_node : node;
        wish.lease_class = static_cast<LeaseClass>(below(4));
        wish.weight = static_cast<std::uint32_t>(1 + below(10'000));
        wish.exclusive = below(8) == 0;
        if (stage.ledger.bar(wish, true) == LeaseBar::none) {
            known.push_back(stage.enter(wish, Duration(1ms) * static_cast<int>(below(200))));
        }
    }

    void leave() {
        if (!known.empty()) {
            const auto place =
                known.begin() + static_cast<std::ptrdiff_t>(chance_() % known.size());
            stage.ledger.release(*place);  // It may have waited in vain and be gone.
            stage.settle();
            known.erase(place);
        }
    }

    std::mt19937 chance_;
};

class LeaseCrowd : public testing::TestWithParam<std::uint32_t> {};

TEST_P(LeaseCrowd, is_never_granted_more_than_there_is_nor_less_than_was_promised) {
    Crowd crowd(GetParam());
    for (int turn = 0; turn < 400; ++turn) {
        crowd.act();
        const LeaseLedger& ledger = crowd.stage.ledger;
        ASSERT_LE(ledger.granted(node), whole);
        ASSERT_LE(ledger.granted(other_node), whole);
        for (const Lease& each : ledger.all()) {
            ASSERT_TRUE(!each.held || each.granted >= each.promise) << each.id.number;
            ASSERT_TRUE(each.held || each.granted == 0) << each.id.number;
        }
    }
}

TEST_P(LeaseCrowd, has_nobody_beside_who_is_alone) {
    Crowd crowd(GetParam());
    for (int turn = 0; turn < 400; ++turn) {
        crowd.act();
        for (const LeasePool& pool : {node, other_node}) {
            const auto holds = [&](const Lease& each) {
                return each.held && each.wish.pool == pool;
            };
            const auto alone = [&](const Lease& each) {
                return holds(each) && each.wish.exclusive;
            };
            const std::span<const Lease> all = crowd.stage.ledger.all();
            const bool any_alone = std::ranges::any_of(all, alone);
            ASSERT_TRUE(!any_alone || std::ranges::count_if(all, holds) == 1);
        }
    }
}

TEST_P(LeaseCrowd, is_within_its_limits_and_waits_no_longer_than_it_wants) {
    Crowd crowd(GetParam());
    for (int turn = 0; turn < 400; ++turn) {
        crowd.act();
        crowd.stage.settle();
        const LeaseLedger& ledger = crowd.stage.ledger;
        ASSERT_LE(ledger.all().size(), ledger.limits().most_of_a_user);
        for (const Lease& each : ledger.all()) {
            ASSERT_TRUE(each.held || each.until > crowd.stage.now) << each.id.number;
            ASSERT_EQ(ledger.find(each.id.number)->id, each.id) << "numbers are one's own";
        }
        if (!ledger.all().empty() && ledger.due()) {
            ASSERT_GE(*ledger.due() + LeaseLedger::period, crowd.stage.now);
        }
    }
}

TEST_P(LeaseCrowd, leaves_nothing_behind) {
    Crowd crowd(GetParam());
    for (int turn = 0; turn < 200; ++turn) {
        crowd.act();
    }
    for (const LeaseId& id : crowd.known) {
        crowd.stage.ledger.release(id);
    }
    EXPECT_TRUE(crowd.stage.ledger.all().empty());
    EXPECT_EQ(crowd.stage.ledger.due(), std::nullopt);
    EXPECT_EQ(crowd.stage.granted(crowd.stage.enter(crowd.stage.wish(76 * giga))), 76 * giga);
}

// All of it is given out, as far as claims go and levels are whole numbers.
TEST_P(LeaseCrowd, gets_all_of_a_water_level_and_no_more) {
    std::mt19937 chance(GetParam());
    for (int turn = 0; turn < 200; ++turn) {
        std::vector<Claim> claims(1 + (chance() % 12));
        std::uint64_t least = 0;
        std::uint64_t most = 0;
        for (Claim& each : claims) {
            each = {.least = chance() % 50, .weight = 1 + (chance() % 4)};
            each.most = each.least + (chance() % 200);
            least += each.least;
            most += each.most;
        }
        const std::uint64_t amount = chance() % 2000;
        share_out(claims, amount);
        std::uint64_t shared = 0;
        for (const Claim& each : claims) {
            ASSERT_GE(each.share, each.least);
            ASSERT_LE(each.share, each.most);
            shared += each.share;
        }
        ASSERT_LE(shared, std::max(amount, least));
        // What is left over is less than one more for each part of a weight.
        ASSERT_GE(shared + (std::uint64_t{4} * 12), std::min(std::max(amount, least), most));
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LeaseCrowd, testing::Range(1U, 9U));

}  // namespace
}  // namespace penstock::test
