// SPDX-License-Identifier: Apache-2.0
//
// The policies as a server uses them: requests come while others are served, lengths turn out
// otherwise, some end early. Nobody is lost, served twice, or served beside too many.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "policies/batching/chunked_batcher.h"
#include "policies/batching/token_batcher.h"
#include "tests/property/dice.h"
#include "tests/unit/batching/requests.h"

namespace penstock::batching {
namespace {

constexpr int crowds = 1000;
constexpr std::uint32_t devices = 3;

BatchingSettings some_settings(Dice& dice, Mode mode) {
    BatchingSettings settings = with_bins(mode, {20, 60});
    if (mode != Mode::multi_bin_dynamic) {
        settings = settings_of(mode);
    }
    settings.bounds = {.least = 1, .most = 1 + dice.below(12)};
    settings.fixed = 1 + dice.below(12);
    settings.capacity = dice.between(80, 600);
    settings.policy = static_cast<BinPolicy>(dice.below(3));
    return settings;
}

Request some_request(Dice& dice, std::uint32_t number) {
    return {.number = number,
            .prompt = 1 + dice.below(40),
            .output = 1 + dice.below(40),
            .predicted = 1 + dice.below(40)};
}

// Who is waiting, running or done.
struct Roll {
    explicit Roll(std::uint32_t count) : served(count) {}

    void serve(std::uint32_t number) {
        ++served[number];
        ++done;
    }

    void expect_all_once(std::uint32_t seed) const {
        EXPECT_TRUE(std::ranges::all_of(served, [](int times) { return times == 1; })) << seed;
    }

    std::vector<int> served;
    std::uint32_t done = 0;
};

void serve_batches(std::uint32_t seed, Mode mode) {
    Dice dice(seed);
    const BatchingSettings settings = some_settings(dice, mode);
    Batcher batcher(settings);
    const std::uint32_t count = 1 + dice.below(80);
    Roll roll(count);
    std::deque<Batch> in_service;
    std::uint32_t submitted = 0;
    while (roll.done < count) {
        if (submitted < count && !dice.one_in(3)) {
            batcher.submit(some_request(dice, submitted++));
        }
        if (in_service.size() < devices) {
            if (const std::optional<Batch> batch = batcher.next_batch()) {
                const std::uint32_t most =
                    mode == Mode::static_fifo ? settings.fixed : settings.bounds.most;
                ASSERT_LE(batch->members.count, most) << seed;
                ASSERT_TRUE(mode == Mode::static_fifo || batch->members.count == 1 ||
                            batch->reserved <= static_cast<std::uint64_t>(settings.capacity));
                in_service.push_back(*batch);
            }
        }
        if (!in_service.empty() && dice.one_in(2)) {
            const Batch batch = in_service.front();
            in_service.pop_front();
            batcher.note_total(batch.members.first, 2 + dice.below(70));
            for (const std::uint32_t number : members_of(batcher, batch)) {
                roll.serve(number);
            }
            batcher.completed(batch, dice.below(2'000'000'000));
        }
    }
    roll.expect_all_once(seed);
    EXPECT_FALSE(batcher.next_batch());
}

TEST(ServerUse, of_static_batches_serves_everybody_once) {
    for (std::uint32_t seed = 1; seed <= crowds; ++seed) {
        serve_batches(seed, Mode::static_fifo);
    }
}

TEST(ServerUse, of_dynamic_batches_serves_everybody_once) {
    for (std::uint32_t seed = 1; seed <= crowds; ++seed) {
        serve_batches(seed, Mode::dynamic_no_bins);
    }
}

TEST(ServerUse, of_bins_serves_everybody_once) {
    for (std::uint32_t seed = 1; seed <= crowds; ++seed) {
        serve_batches(seed, Mode::multi_bin_dynamic);
    }
}

std::span<const Progress> complete(TokenBatcher& batcher, std::uint32_t device) {
    return batcher.completed(device, 1);
}

std::span<const Progress> complete(ChunkedBatcher& batcher, std::uint32_t device) {
    return batcher.completed(device);
}

template <typename Batcher>
void serve_iterations(std::uint32_t seed, Dice& dice, Batcher batcher, std::uint32_t most) {
    const std::uint32_t count = 1 + dice.below(60);
    Roll roll(count);
    std::vector<int> first(count);
    std::uint32_t submitted = 0;
    while (roll.done < count) {
        if (submitted < count && !dice.one_in(3)) {
            batcher.submit(some_request(dice, submitted++));
        }
        const std::uint32_t device = dice.below(devices);
        const Iteration iteration = batcher.next_batch(device);
        ASSERT_LE(iteration.running, most) << seed;
        ASSERT_EQ(iteration.running, batcher.running(device).size());
        if (iteration.running == 0) {
            continue;
        }
        ASSERT_GT(iteration.scheduled, 0U) << seed;
        for (const Progress& progress : complete(batcher, device)) {
            first[progress.number] += progress.first ? 1 : 0;
            if (progress.ended) {
                ASSERT_EQ(first[progress.number], 1) << seed;
                roll.serve(progress.number);
            }
        }
        if (dice.one_in(20) && !batcher.running(device).empty()) {
            const std::uint32_t early = batcher.running(device).front().request.number;
            ASSERT_TRUE(batcher.cancel(device, early));
            roll.serve(early);
        }
    }
    roll.expect_all_once(seed);
    for (std::uint32_t device = 0; device < devices; ++device) {
        EXPECT_EQ(batcher.next_batch(device).held, 0U) << "everything was given back";
    }
}

TEST(ServerUse, of_tokens_serves_everybody_once) {
    for (std::uint32_t seed = 1; seed <= crowds; ++seed) {
        Dice dice(seed);
        const BatchingSettings settings = some_settings(dice, Mode::continuous);
        serve_iterations(seed, dice, TokenBatcher(settings, devices), settings.bounds.most);
    }
}

TEST(ServerUse, of_chunks_serves_everybody_once) {
    for (std::uint32_t seed = 1; seed <= crowds; ++seed) {
        Dice dice(seed);
        const BatchingSettings settings = some_settings(dice, Mode::continuous);
        const ChunkedSettings chunks{.token_budget = 1 + dice.below(60),
                                     .block = 1 + dice.below(20),
                                     .paged = dice.one_in(2)};
        serve_iterations(
            seed, dice, ChunkedBatcher(settings, chunks, devices), settings.bounds.most);
    }
}

}  // namespace
}  // namespace penstock::batching
