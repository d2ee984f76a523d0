// SPDX-License-Identifier: Apache-2.0

#include "policies/cpu_throttle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/cpu_throttle_names.h"
#include "policies/unit_name.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t peak = 40'000'000'000;

// A machine with one memory node at whose level the test turns.
class Bench {
  public:
    Bench() {
        seen.now = from_ns(0) + 1h;
        seen.memory.push_back({.number = 0});
        node().peak.value = BytesPerSecond{peak};
        node().total.value = BytesPerSecond{peak};
        level(ThrottleLevel::none);
    }

    MemoryNode& node() { return seen.memory.front(); }

    void level(ThrottleLevel level) {
        node().throttle.level = level;
        node().throttle.utilization = 0.9;
        node().throttle.confidence = Confidence::counter;
    }

    void unmeasured() { node().throttle.utilization.reset(); }

    void look() { throttle.look(seen, units); }

    // Looks ten times in a second, as the agent does.
    void pass(Duration time) {
        for (Duration passed{}; passed < time; passed += 100ms) {
            seen.now += 100ms;
            look();
        }
    }

    [[nodiscard]] std::vector<std::string> held() const {
        std::vector<std::string> names;
        for (const CpuLimit& limit : throttle.order().limits) {
            names.push_back(limit.unit);
        }
        return names;
    }

    void add(const std::string& unit, std::optional<double> processors) {
        units.push_back(
            {.unit = unit, .control_group = "/system.slice/" + unit, .processors = processors});
    }

    Snapshot seen{};
    std::vector<UnitUse> units{};
    CpuThrottle throttle{};
};

TEST(CpuThrottle, holds_nobody_back_below_delay_launch) {
    Bench bench;
    bench.add("batch.service", 2.0);
    for (const ThrottleLevel level : {ThrottleLevel::none, ThrottleLevel::reduce_batch}) {
        bench.level(level);
        bench.pass(5s);
        EXPECT_THAT(bench.held(), IsEmpty());
        EXPECT_EQ(bench.throttle.order().share, 1);
    }
}

TEST(CpuThrottle, shrinks_the_share_step_by_step_and_never_below_the_least) {
    Bench bench;
    bench.add("batch.service", 2.0);
    bench.level(ThrottleLevel::delay_launch);
    bench.look();
    ASSERT_THAT(bench.held(), ElementsAre("batch.service"));
    EXPECT_DOUBLE_EQ(bench.throttle.order().share, 0.7);
    EXPECT_DOUBLE_EQ(bench.throttle.order().limits.front().processors, 1.4);
    EXPECT_EQ(bench.throttle.order().peak, peak);
    bench.pass(400ms);
    EXPECT_DOUBLE_EQ(bench.throttle.order().share, 0.7);
    bench.pass(100ms);
    EXPECT_DOUBLE_EQ(bench.throttle.order().share, 0.49);
    bench.pass(1min);
    EXPECT_DOUBLE_EQ(bench.throttle.order().share, CpuThrottle::least_share);
    EXPECT_DOUBLE_EQ(bench.throttle.order().limits.front().processors, 0.2);
}

TEST(CpuThrottle, stops_nobody_altogether) {
    Bench bench;
    bench.add("batch.service", CpuThrottle::least_hog);
    bench.level(ThrottleLevel::fall_back);
    bench.pass(1min);
    EXPECT_DOUBLE_EQ(bench.throttle.order().limits.front().processors,
                     CpuThrottle::least_processors);
}

TEST(CpuThrottle, grows_the_share_when_the_level_is_gone_and_frees_all_at_the_whole) {
    Bench bench;
    bench.add("batch.service", 2.0);
    bench.level(ThrottleLevel::fall_back);
    bench.pass(1min);
    bench.level(ThrottleLevel::none);
    bench.pass(3s);
    EXPECT_NEAR(bench.throttle.order().share, 0.4, 1e-9);
    EXPECT_THAT(bench.held(), ElementsAre("batch.service"));
    bench.pass(7s);
    EXPECT_THAT(bench.held(), IsEmpty());
    EXPECT_EQ(bench.throttle.order(), CpuOrder{});
}

TEST(CpuThrottle, leaves_the_share_alone_between_the_levels) {
    Bench bench;
    bench.add("batch.service", 2.0);
    bench.level(ThrottleLevel::delay_launch);
    bench.look();
    const CpuOrder before = bench.throttle.order();
    bench.level(ThrottleLevel::reduce_batch);
    bench.pass(1min);
    EXPECT_EQ(bench.throttle.order(), before);
}

TEST(CpuThrottle, does_not_change_its_mind_with_a_load_that_comes_and_goes_at_the_threshold) {
    Bench bench;
    bench.add("batch.service", 2.0);
    int changes = 0;
    for (int round = 0; round < 100; ++round) {
        bench.level(round % 2 == 0 ? ThrottleLevel::delay_launch : ThrottleLevel::reduce_batch);
        const CpuOrder before = bench.throttle.order();
        bench.pass(100ms);
        changes += bench.throttle.order() == before ? 0 : 1;
    }
    // Down to the least, and no way back up.
    EXPECT_LE(changes, 8);
    EXPECT_DOUBLE_EQ(bench.throttle.order().share, CpuThrottle::least_share);
}

TEST(CpuThrottle, is_for_nobody_where_memory_was_not_counted) {
    Bench bench;
    bench.add("batch.service", 2.0);
    bench.level(ThrottleLevel::fall_back);
    bench.node().throttle.confidence = Confidence::heuristic;
    bench.pass(5s);
    EXPECT_THAT(bench.held(), IsEmpty());
    bench.node().throttle.confidence = Confidence::derived;
    bench.pass(5s);
    EXPECT_THAT(bench.held(), IsEmpty());
    bench.unmeasured();
    bench.pass(5s);
    EXPECT_THAT(bench.held(), IsEmpty());
    EXPECT_FALSE(bench.throttle.watches(bench.seen));
}

TEST(CpuThrottle, ends_when_memory_is_not_measured_any_more_but_not_for_one_late_sample) {
    Bench bench;
    bench.add("batch.service", 2.0);
    bench.level(ThrottleLevel::fall_back);
    bench.pass(2s);
    const CpuOrder before = bench.throttle.order();
    bench.unmeasured();
    bench.pass(900ms);
    EXPECT_EQ(bench.throttle.order(), before);
    bench.pass(200ms);
    EXPECT_THAT(bench.held(), IsEmpty());
}

TEST(CpuThrottle, spares_the_processors_where_devices_move_nearly_everything) {
    Bench bench;
    bench.add("batch.service", 2.0);
    bench.level(ThrottleLevel::fall_back);
    bench.node().cpu = {.value = BytesPerSecond{peak / 11}};
    bench.pass(5s);
    EXPECT_THAT(bench.held(), IsEmpty());
    bench.node().cpu.value = BytesPerSecond{peak / 9};
    bench.look();
    EXPECT_THAT(bench.held(), ElementsAre("batch.service"));
    // A guess is no reason to let them.
    bench.node().cpu = {.value = BytesPerSecond{0}, .confidence = Confidence::heuristic};
    EXPECT_EQ(CpuThrottle::demand_of(bench.seen), CpuThrottle::Demand::less);
}

TEST(CpuThrottle, goes_by_the_node_that_asks_for_most) {
    Bench bench;
    bench.add("batch.service", 2.0);
    bench.seen.memory.push_back(bench.node());
    bench.seen.memory.back().number = 1;
    bench.seen.memory.back().throttle.level = ThrottleLevel::fall_back;
    bench.look();
    EXPECT_THAT(bench.held(), ElementsAre("batch.service"));
    EXPECT_EQ(bench.throttle.order().peak, 2 * peak);
}

TEST(CpuThrottle, holds_back_only_who_uses_the_processors) {
    Bench bench;
    bench.add("idle.service", 0.04);
    bench.add("new.service", std::nullopt);
    bench.add("busy.service", 0.05);
    bench.level(ThrottleLevel::delay_launch);
    bench.pass(1s);
    EXPECT_THAT(bench.held(), ElementsAre("busy.service"));
    // Whoever is held back uses less, and stays held back.
    bench.units[2].processors = 0.001;
    bench.units[1].processors = 1.0;
    bench.pass(1s);
    EXPECT_THAT(bench.held(), ElementsAre("busy.service", "new.service"));
    EXPECT_DOUBLE_EQ(bench.throttle.order().limits.front().had, 0.05);
}

TEST(CpuThrottle, spares_units_in_which_somebody_is_waited_for_or_exempt) {
    Bench bench;
    bench.add("latency.service", 2.0);
    bench.add("exempt.service", 2.0);
    bench.add("leased.service", 2.0);
    bench.add("batch.service", 2.0);
    bench.units[2].spared = true;
    bench.seen.owners = {
        {.origin = {.unit = "latency.service"}, .service_class = ServiceClass::latency},
        {.origin = {.unit = "exempt.service"}, .preemptible = false},
        {.origin = {.unit = "batch.service"}}};
    bench.level(ThrottleLevel::delay_launch);
    bench.pass(1s);
    EXPECT_THAT(bench.held(), ElementsAre("batch.service"));
    // It may also become so later.
    bench.seen.owners.back().service_class = ServiceClass::latency;
    bench.look();
    EXPECT_THAT(bench.held(), IsEmpty());
}

TEST(CpuThrottle, lets_go_of_units_that_end_or_are_not_named_any_more) {
    Bench bench;
    bench.add("a.service", 2.0);
    bench.add("b.service", 2.0);
    bench.level(ThrottleLevel::delay_launch);
    bench.look();
    bench.units.erase(bench.units.begin());
    bench.look();
    EXPECT_THAT(bench.held(), ElementsAre("b.service"));
    bench.units.clear();
    bench.look();
    EXPECT_EQ(bench.throttle.order(), CpuOrder{});
}

TEST(CpuThrottle, leaves_everybody_free_for_a_while_after_an_operator_has_let_go) {
    Bench bench;
    bench.add("batch.service", 2.0);
    bench.level(ThrottleLevel::fall_back);
    bench.pass(5s);
    bench.throttle.let_go(bench.seen.now);
    EXPECT_EQ(bench.throttle.order(), CpuOrder{});
    bench.pass(CpuThrottle::respite - 100ms);
    EXPECT_EQ(bench.throttle.order(), CpuOrder{});
    bench.pass(200ms);
    EXPECT_DOUBLE_EQ(bench.throttle.order().share, 0.7);
}

TEST(CpuThrottle, holds_a_bounded_number_of_units) {
    Bench bench;
    for (std::size_t number = 0; number < 2 * CpuThrottle::most_limits; ++number) {
        bench.add("batch-" + std::to_string(number) + ".service", 1.0);
    }
    bench.level(ThrottleLevel::delay_launch);
    bench.pass(1s);
    EXPECT_EQ(bench.throttle.order().limits.size(), CpuThrottle::most_limits);
}

TEST(CpuThrottle, has_units_measured_before_it_has_to_hold_them_back) {
    Bench bench;
    EXPECT_FALSE(bench.throttle.watches(bench.seen));
    bench.level(ThrottleLevel::reduce_batch);
    EXPECT_TRUE(bench.throttle.watches(bench.seen));
    bench.add("batch.service", 2.0);
    bench.level(ThrottleLevel::delay_launch);
    bench.look();
    bench.level(ThrottleLevel::none);
    EXPECT_TRUE(bench.throttle.watches(bench.seen));
}

TEST(CpuThrottleMode, is_spelt_one_way) {
    for (const CpuThrottleMode mode : cpu_throttle_modes) {
        EXPECT_EQ(cpu_throttle_mode_named(name_of(mode)), mode);
    }
    EXPECT_EQ(name_of(CpuThrottleMode::automatic), "auto");
    EXPECT_EQ(cpu_throttle_mode_named(""), std::nullopt);
    EXPECT_EQ(cpu_throttle_mode_named("Auto"), std::nullopt);
}

TEST(UnitName, is_that_of_a_service_or_scope) {
    EXPECT_TRUE(is_unit_name("batch.service"));
    EXPECT_TRUE(is_unit_name("user@1000.service"));
    EXPECT_TRUE(is_unit_name("run-r1\\x2d2.scope"));
    EXPECT_TRUE(is_unit_name(std::string(247, 'a') + ".service"));
    EXPECT_FALSE(is_unit_name(std::string(248, 'a') + ".service"));
    for (const char* wrong : {"",
                              ".service",
                              "batch",
                              "batch.slice",
                              "a/b.service",
                              "../x.scope",
                              "a b.service",
                              "a\n.service",
                              "\xc3\xa4.service"}) {
        EXPECT_FALSE(is_unit_name(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace penstock
