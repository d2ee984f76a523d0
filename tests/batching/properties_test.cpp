// SPDX-License-Identifier: Apache-2.0
//
// What must hold of any requests and any configuration.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "policies/batching/bins.h"
#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

constexpr std::uint32_t cases = 1000;
constexpr const char* modes[] = {  // NOLINT(modernize-avoid-c-arrays): a list of words.
    "static_fifo",
    "dynamic_no_bins",
    "multi_bin_dynamic",
    "multi_bin_fixed",
    "continuous"};

std::string one_of(Dice& dice, std::initializer_list<const char*> words) {
    return *(words.begin() + dice.below(static_cast<std::uint32_t>(words.size())));
}

// Anything but the mode.
std::vector<std::string> some_changes(Dice& dice) {
    const std::uint32_t least = 1 + dice.below(4);
    std::vector<std::string> changes{
        fmt::format("num_gpus={}", 1 + dice.below(4)),
        fmt::format("b_min={}", least),
        fmt::format("b_max={}", least + dice.below(20)),
        fmt::format("b_fixed={}", 1 + dice.below(9)),
        fmt::format("kv_capacity_tokens={}", 600 + dice.below(3000)),
        fmt::format("ctl.target_s={}", dice.below(300) / 1000.0),
        fmt::format("ctl.window={}", 1 + dice.below(6)),
        "ctl.scope=" + one_of(dice, {"per_bin", "shared"}),
        "bin_policy=" + one_of(dice, {"round_robin", "oldest", "longest"}),
        "bin_key=" + one_of(dice, {"total", "output"}),
        "k_bins=1"};
    if (dice.one_in(2)) {
        changes.insert(changes.end(),
                       {"step.kind=chunked",
                        "step.token_budget=64",
                        "step.c0=0.002",
                        "step.w=0.005",
                        "step.c_tok=0.0001",
                        "step.c_kv=1e-7",
                        "step.kv=" + one_of(dice, {"reserve", "paged"})});
    }
    return changes;
}

BatchingInputs some_inputs(Dice& dice) {
    BatchingInputs inputs = inputs_of(some_trace(dice), R"({"mode": "static_fifo"})");
    for (const std::string& change : some_changes(dice)) {
        EXPECT_TRUE(inputs.values.change(change)) << change;
    }
    return inputs;
}

// As many bins as the requests allow.
std::string bins_for(Dice& dice, const BatchingInputs& inputs) {
    const auto most = std::min<std::size_t>(6, inputs.trace.rows.size());
    return fmt::format("k_bins={}", 1 + dice.below(static_cast<std::uint32_t>(most)));
}

// Counts the cases of each property that were gone through: the figures tell of them.
class Properties : public testing::Test {
  protected:
    bool goes_on_with(std::uint32_t seed) {
        gone_through_ = seed - 1;
        return seed <= cases;
    }

    void TearDown() override { RecordProperty("cases", static_cast<int>(gone_through_)); }

  private:
    std::uint32_t gone_through_ = 0;
};

TEST_F(Properties, one_bin_is_no_bin) {
    for (std::uint32_t seed = 1; goes_on_with(seed); ++seed) {
        Dice dice(seed);
        const BatchingInputs inputs = some_inputs(dice);
        ASSERT_EQ(digest_with(inputs, {"mode=multi_bin_dynamic", "k_bins=1"}),
                  digest_with(inputs, {"mode=dynamic_no_bins"}))
            << seed;
    }
}

TEST_F(Properties, dynamic_batches_with_one_size_and_enough_memory_are_static) {
    for (std::uint32_t seed = 1; goes_on_with(seed); ++seed) {
        Dice dice(seed);
        const BatchingInputs inputs = some_inputs(dice);
        const std::uint32_t size = 1 + dice.below(12);
        ASSERT_EQ(digest_with(inputs,
                              {"mode=dynamic_no_bins",
                               fmt::format("b_min={}", size),
                               fmt::format("b_max={}", size),
                               "kv_capacity_tokens=1000000000000"}),
                  digest_with(inputs, {"mode=static_fifo", fmt::format("b_fixed={}", size)}))
            << seed;
    }
}

TEST_F(Properties, neither_the_order_of_rows_nor_the_time_of_the_first_matters) {
    for (std::uint32_t seed = 1; goes_on_with(seed); ++seed) {
        Dice dice(seed);
        BatchingInputs inputs = some_inputs(dice);
        const std::vector<std::string> changes{fmt::format("mode={}", modes[dice.below(5)]),
                                               bins_for(dice, inputs)};
        const std::uint64_t before = digest_with(inputs, changes);
        std::vector<TraceRow>& rows = inputs.trace.rows;
        const std::int64_t later = dice.between(-1'000'000, 1'000'000);
        for (std::uint32_t place = 0; place < rows.size(); ++place) {
            std::swap(rows[place],
                      rows[place + dice.below(static_cast<std::uint32_t>(rows.size()) - place)]);
        }
        for (TraceRow& row : rows) {
            row.arrival_us += later;
        }
        ASSERT_TRUE(order_by_id(inputs.trace, std::vector<std::uint32_t>(rows.size())));
        ASSERT_EQ(digest_with(inputs, changes), before) << seed;
    }
}

// How many requests wait and how many devices are free after each point in time.
struct Standing {
    std::map<std::int64_t, std::int64_t> waiting{};
    std::map<std::int64_t, std::int64_t> busy{};
};

Standing standing_of(const BatchingRun& run) {
    Standing standing;
    for (std::uint32_t number = 0; number < run.trace.size(); ++number) {
        const RequestOutcome& request = run.outcome.requests[number];
        ++standing.waiting[run.trace.arrivals_ns[number]];
        --standing.waiting[request.start_ns];
    }
    // A batch's members start and end together on one device.
    std::map<std::pair<std::uint32_t, std::int64_t>, std::int64_t> batches;
    for (const RequestOutcome& request : run.outcome.requests) {
        batches[{request.device, request.start_ns}] = request.completion_ns;
    }
    for (const auto& [begin, end] : batches) {
        ++standing.busy[begin.second];
        --standing.busy[end];
    }
    return standing;
}

TEST_F(Properties, no_device_is_idle_while_somebody_waits) {
    for (std::uint32_t seed = 1; goes_on_with(seed); ++seed) {
        Dice dice(seed);
        const BatchingInputs inputs = some_inputs(dice);
        const BatchingRun run =
            run_of(inputs, {fmt::format("mode={}", modes[dice.below(3)]), bins_for(dice, inputs)});
        Standing standing = standing_of(run);
        std::map<std::int64_t, std::int64_t> changes = standing.waiting;
        changes.insert(standing.busy.begin(), standing.busy.end());
        std::int64_t waiting = 0;
        std::int64_t busy = 0;
        for (const auto& [time, unused] : changes) {
            waiting += standing.waiting[time];
            busy += standing.busy[time];
            ASSERT_TRUE(waiting == 0 || busy == run.config.devices) << seed << " at " << time;
            ASSERT_LE(busy, std::int64_t{run.config.devices}) << seed;
        }
        ASSERT_EQ(waiting, 0);
    }
}

TEST_F(Properties, who_came_first_starts_no_later) {
    for (std::uint32_t seed = 1; goes_on_with(seed); ++seed) {
        Dice dice(seed);
        const BatchingInputs inputs = some_inputs(dice);
        const std::uint32_t mode = dice.below(5);
        const BatchingRun run =
            run_of(inputs, {fmt::format("mode={}", modes[mode]), bins_for(dice, inputs)});
        const bool has_bins = mode == 2 || mode == 3;
        std::map<std::uint32_t, std::int64_t> last;
        for (std::uint32_t number = 0; number < run.trace.size(); ++number) {
            const std::int64_t key =
                batching::key_of(run.trace.requests[number], run.config.batching.key);
            const std::uint32_t bin =
                has_bins ? batching::bin_of(key, run.config.batching.boundaries) : 0;
            const std::int64_t start = run.outcome.requests[number].start_ns;
            ASSERT_GE(start, last[bin]) << seed;
            ASSERT_GE(start, run.trace.arrivals_ns[number]) << seed;
            last[bin] = start;
        }
    }
}

TEST_F(Properties, equal_requests_that_come_together_take_as_long_in_iterations_as_in_a_batch) {
    for (std::uint32_t seed = 1; goes_on_with(seed); ++seed) {
        Dice dice(seed);
        RawTrace raw{.file = "requests.csv"};
        const std::uint32_t count = 1 + dice.below(20);
        const std::uint32_t length = 2 + dice.below(400);
        for (std::uint32_t number = 0; number < count; ++number) {
            const std::uint32_t output = 1 + dice.below(length - 1);
            raw.rows.push_back(
                {.id = number, .prompt = length - output, .output = output, .predicted = output});
            raw.by_id.push_back(number);
        }
        const BatchingRun run = run_of(inputs_of(std::move(raw), R"({"mode": "continuous"})"),
                                       {fmt::format("latency.beta={}", dice.between(1, 9999) / 1e7),
                                        fmt::format("latency.gamma={}", dice.below(900) / 1e3)});
        const std::int64_t expected = run.config.service.batch_ns(count, length);
        for (const RequestOutcome& request : run.outcome.requests) {
            ASSERT_NEAR(static_cast<double>(request.completion_ns),
                        static_cast<double>(expected),
                        (length * 0.5) + 1)
                << seed;
        }
    }
}

TEST_F(Properties, one_at_a_time_iterations_are_batches_of_one) {
    for (std::uint32_t seed = 1; goes_on_with(seed); ++seed) {
        Dice dice(seed);
        const BatchingInputs inputs = inputs_of(some_trace(dice), R"({"mode": "continuous"})");
        const std::string devices = fmt::format("num_gpus={}", 1 + dice.below(3));
        const BatchingRun steps = run_of(inputs, {devices, "b_max=1"});
        const BatchingRun batches = run_of(inputs, {devices, "mode=static_fifo", "b_fixed=1"});
        // Each request before may have added its rounding.
        double slack = 0;
        for (std::uint32_t number = 0; number < steps.trace.size(); ++number) {
            slack += (steps.trace.requests[number].total() * 0.5) + 1;
            ASSERT_NEAR(static_cast<double>(steps.outcome.requests[number].completion_ns),
                        static_cast<double>(batches.outcome.requests[number].completion_ns),
                        slack)
                << seed;
        }
    }
}

TEST_F(Properties, nobody_ends_before_his_first_token_nor_has_it_before_he_starts) {
    for (std::uint32_t seed = 1; goes_on_with(seed); ++seed) {
        Dice dice(seed);
        const BatchingRun run = run_of(some_inputs(dice), {"mode=continuous"});
        for (std::uint32_t number = 0; number < run.trace.size(); ++number) {
            const RequestOutcome& request = run.outcome.requests[number];
            ASSERT_GE(request.start_ns, run.trace.arrivals_ns[number]) << seed;
            ASSERT_GT(request.first_ns, request.start_ns) << seed;
            ASSERT_GE(request.completion_ns, request.first_ns) << seed;
            ASSERT_EQ(request.completion_ns == request.first_ns,
                      run.trace.requests[number].output == 1)
                << seed;
        }
    }
}

}  // namespace
}  // namespace penstock::sim
