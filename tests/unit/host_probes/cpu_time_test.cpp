// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "agent/probes/energy/cpu_ticks.h"
#include "agent/probes/energy/energy_sources.h"
#include "tests/unit/host_probes/stage.h"

namespace penstock {
namespace {

constexpr Place place = place_of(OwnerId{5});

std::string stat(const std::string& name, const std::string& user, const std::string& kernel) {
    return "300 (" + name + ") S 1 300 300 0 -1 4194304 100 200 0 0 " + user + " " + kernel +
           " 9 9 20 0 1 0 100 1000 10\n";
}

TEST(CpuTicks, are_those_in_user_and_in_kernel_mode) {
    EXPECT_EQ(ticks_of_process(stat("python3", "70", "5")), 75);
}

TEST(CpuTicks, are_found_behind_any_name) {
    for (const std::string name :
         {"a b", "a) S 1 2 3", "((", ")", ") (", "", "x) R 1 1 1 1 1 1 1"}) {
        EXPECT_EQ(ticks_of_process(stat(name, "70", "5")), 75) << name;
    }
}

TEST(CpuTicks, are_unknown_when_the_file_is_cut_or_garbage) {
    const std::string whole = stat("python3", "70", "5");
    for (std::size_t length = 0; length < whole.find(" 5 ") + 3; ++length) {
        EXPECT_EQ(ticks_of_process(whole.substr(0, length)), std::nullopt) << length;
    }
    EXPECT_EQ(ticks_of_process(stat("x", "-1", "5")), std::nullopt);
    EXPECT_EQ(ticks_of_process(stat("x", "70", "18446744073709551615")), std::nullopt);
}

TEST(CpuTime, is_a_share_of_time_for_each_client) {
    fakes::Stage stage;
    stage.write("proc/300/stat", stat("python3", "100", "50"));
    const auto source = make_cpu_time({});
    source->follow({.owner = OwnerId{5}, .pid = 300});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    stage.write("proc/300/stat", stat("python3", "200", "100"));
    stage.read(*source);

    EXPECT_DOUBLE_EQ(*stage.of(place, Quantity::cpu_time).value, 1.5);
}

TEST(CpuTime, is_read_four_times_a_second_and_never_in_the_tick) {
    const auto source = make_cpu_time({});
    EXPECT_EQ(source->pace().period, std::chrono::milliseconds(250));
    EXPECT_EQ(source->pace().patience, Source::Patience::may_wait);
}

TEST(CpuTime, of_a_process_that_is_not_there_is_unknown) {
    fakes::Stage stage;
    const auto source = make_cpu_time({});
    source->follow({.owner = OwnerId{5}, .pid = 300});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);

    EXPECT_EQ(stage.of(place, Quantity::cpu_time).value, std::nullopt);
    EXPECT_EQ(stage.why(place, Quantity::cpu_time),
              "open " + stage.root() + "/proc/300/stat: No such file or directory");
}

TEST(CpuTime, is_not_that_of_the_next_process_with_the_pid) {
    fakes::Stage stage;
    const auto source = make_cpu_time({});
    source->follow({.owner = OwnerId{5}, .pid = 300});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    stage.write("proc/300/stat", stat("other", "100", "50"));
    stage.read(*source);
    stage.read(*source);

    EXPECT_EQ(stage.of(place, Quantity::cpu_time).value, std::nullopt);
}

TEST(CpuTime, ends_with_the_client) {
    fakes::Stage stage;
    stage.write("proc/300/stat", stat("python3", "100", "50"));
    const auto source = make_cpu_time({});
    source->follow({.owner = OwnerId{5}, .pid = 300});
    ASSERT_TRUE(stage.opens(*source));
    source->leave(OwnerId{5});
    stage.read(*source);

    EXPECT_TRUE(stage.readings().counters.empty());
}

TEST(CpuTime, is_unknown_while_the_file_makes_no_sense) {
    fakes::Stage stage;
    stage.write("proc/300/stat", "300 (x) S\n");
    const auto source = make_cpu_time({});
    source->follow({.owner = OwnerId{5}, .pid = 300});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);

    EXPECT_EQ(stage.why(place, Quantity::cpu_time), "its stat file makes no sense");
}

}  // namespace
}  // namespace penstock
