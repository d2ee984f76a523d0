// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/request_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "policies/batching/ring_queue.h"
#include "tests/property/dice.h"

namespace penstock::batching {
namespace {

using testing::ElementsAre;

std::vector<std::uint32_t> numbers_of(const RequestPool& pool, const RequestChain& chain) {
    std::vector<std::uint32_t> numbers;
    std::uint32_t place = chain.first;
    for (std::uint32_t left = chain.count; left > 0; --left) {
        numbers.push_back(pool.at(place).number);
        place = pool.at(place).next;
    }
    return numbers;
}

// The place of the member with this rank.
std::uint32_t place_of(const RequestPool& pool, const RequestChain& chain, std::uint32_t rank) {
    std::uint32_t place = chain.first;
    for (; rank > 0; --rank) {
        place = pool.at(place).next;
    }
    return place;
}

TEST(RequestPool, keeps_a_chain_in_order) {
    RequestPool pool;
    RequestChain chain;
    for (const std::uint32_t number : {5U, 6U, 7U}) {
        pool.append({.number = number, .prompt = number, .output = 2, .predicted = 3}, chain);
    }
    EXPECT_THAT(numbers_of(pool, chain), ElementsAre(5, 6, 7));
    EXPECT_EQ(pool.at(chain.first).total, 7U);
    EXPECT_EQ(pool.at(chain.first).reserved, 8U);
    EXPECT_LT(pool.at(chain.first).turn, pool.at(chain.last).turn);
}

TEST(RequestPool, cuts_off_the_front) {
    RequestPool pool;
    RequestChain chain;
    for (std::uint32_t number = 0; number < 5; ++number) {
        pool.append({.number = number}, chain);
    }
    const RequestChain front = pool.cut(chain, place_of(pool, chain, 1), 2);
    EXPECT_THAT(numbers_of(pool, front), ElementsAre(0, 1));
    EXPECT_THAT(numbers_of(pool, chain), ElementsAre(2, 3, 4));
}

TEST(RequestPool, takes_up_again_a_chain_that_was_cut_off_whole) {
    RequestPool pool;
    RequestChain chain;
    pool.append({.number = 1}, chain);
    pool.release(pool.cut(chain, chain.last, 1));
    EXPECT_EQ(chain.count, 0U);
    pool.append({.number = 2}, chain);
    pool.append({.number = 3}, chain);
    EXPECT_THAT(numbers_of(pool, chain), ElementsAre(2, 3));
}

// However requests come and go in several chains: each is in one place, in its order.
TEST(RequestPool, mixes_nothing_up) {
    for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
        Dice dice(seed);
        RequestPool pool;
        std::vector<RequestChain> chains(3);
        std::vector<std::deque<std::uint32_t>> expected(3);
        std::uint32_t number = 0;
        std::set<std::uint32_t> places;
        for (int time = 0; time < 60; ++time) {
            const std::uint32_t chain = dice.below(3);
            if (dice.one_in(3) && chains[chain].count > 0) {
                const std::uint32_t count = 1 + dice.below(chains[chain].count);
                const std::uint32_t last = place_of(pool, chains[chain], count - 1);
                pool.release(pool.cut(chains[chain], last, count));
                expected[chain].erase(expected[chain].begin(), expected[chain].begin() + count);
            } else {
                pool.append({.number = number}, chains[chain]);
                places.insert(chains[chain].last);
                expected[chain].push_back(number++);
            }
            for (std::uint32_t each = 0; each < 3; ++each) {
                ASSERT_THAT(numbers_of(pool, chains[each]),
                            testing::ElementsAreArray(expected[each]))
                    << seed;
            }
        }
        ASSERT_LE(places.size(), 60U);
    }
}

TEST(RingQueue, is_a_queue_that_also_takes_back) {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        Dice dice(seed);
        RingQueue<std::uint32_t> queue;
        std::deque<std::uint32_t> expected;
        for (std::uint32_t time = 0; time < 400; ++time) {
            const std::uint32_t what = dice.below(5);
            if (what < 3) {
                queue.push_back(time);
                expected.push_back(time);
            } else if (what == 3) {
                queue.push_front(time);
                expected.push_front(time);
            } else if (!expected.empty()) {
                queue.pop_front();
                expected.pop_front();
            }
            ASSERT_EQ(queue.size(), expected.size()) << seed;
            ASSERT_EQ(queue.empty(), expected.empty());
            if (!expected.empty()) {
                ASSERT_EQ(queue.front(), expected.front()) << seed;
            }
        }
    }
}

}  // namespace
}  // namespace penstock::batching
