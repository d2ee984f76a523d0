// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/probes/pressure/kernel_counts.h"
#include "agent/probes/pressure/pressure_sources.h"
#include "tests/unit/host_probes/stage.h"

namespace penstock {
namespace {

std::string pressure(const std::string& total) {
    return "some avg10=98.83 avg60=97.73 avg300=94.61 total=" + total +
           "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
}

std::string stat(const std::string& steal) {
    return "cpu  100 2 30 4000 5 0 6 " + steal + " 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
}

TEST(Psi, is_the_share_of_time_in_which_some_task_waited) {
    fakes::Stage stage;
    stage.write("proc/pressure/memory", pressure("1000"));
    stage.write("proc/pressure/cpu", pressure("2000000"));
    const auto source = make_psi({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    stage.write("proc/pressure/memory", pressure("51000"));
    stage.write("proc/pressure/cpu", pressure("2900000"));
    stage.read(*source);

    EXPECT_DOUBLE_EQ(*stage.of({}, Quantity::stall_memory).value, 0.05);
    EXPECT_DOUBLE_EQ(*stage.of({}, Quantity::stall_cpu).value, 0.9);
}

TEST(Psi, says_how_to_switch_it_on) {
    fakes::Stage stage;
    EXPECT_THAT(stage.says(*make_psi({})),
                testing::EndsWith("No such file or directory; a kernel that can is started with "
                                  "psi=1"));
}

TEST(Psi, is_absent_where_the_files_say_something_else) {
    fakes::Stage stage;
    stage.write("proc/pressure/memory", "all is well\n");
    EXPECT_EQ(stage.says(*make_psi({})), "/proc/pressure: no total of what some task waited");
}

TEST(Psi, takes_no_total_but_that_of_some) {
    EXPECT_EQ(stalled_us("full avg10=0.00 total=7\nsome avg10=0.00 total=8\n").has_value(), false);
    EXPECT_EQ(stalled_us("some avg10=0.00\nfull total=7\n").has_value(), false);
    EXPECT_EQ(stalled_us("some total=-1\n").has_value(), false);
    EXPECT_EQ(stalled_us("some total=12"), 12);
}

TEST(Steal, is_the_time_that_the_hypervisor_gave_to_others) {
    fakes::Stage stage;
    stage.write("proc/stat", stat("500"));
    const auto source = make_steal({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    stage.write("proc/stat", stat("512"));
    stage.read(*source);

    EXPECT_DOUBLE_EQ(*stage.of({}, Quantity::steal_time).value, 0.12);
}

TEST(Steal, reads_only_the_beginning_of_a_long_file) {
    fakes::Stage stage;
    stage.write("proc/stat", stat("500") + std::string(100'000, 'x'));
    const auto source = make_steal({});
    EXPECT_TRUE(stage.opens(*source));
}

TEST(Steal, is_unknown_in_a_line_that_is_short_or_cut) {
    EXPECT_FALSE(stolen_ticks("cpu  1 2 3 4 5 6 7\n"));
    EXPECT_FALSE(stolen_ticks("cpu  1 2 3 4 5 6 7 8"));
    EXPECT_FALSE(stolen_ticks("cpu0 1 2 3 4 5 6 7 8 9\n"));
    EXPECT_FALSE(stolen_ticks(""));
}

TEST(MachineTime, tells_for_how_long_processors_ran_and_idled) {
    fakes::Stage stage;
    stage.write("proc/stat", "cpu  100 10 50 1000 5 2 3 7 40 0\ncpu0 1\n");
    const auto source = make_machine_time({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    stage.write("proc/stat", "cpu  110 11 52 1080 6 3 4 99 45 0\ncpu0 1\n");
    stage.read(*source);

    EXPECT_DOUBLE_EQ(*stage.of({}, Quantity::cpu_time).value, 0.15) << "a guest's is the user's";
    EXPECT_DOUBLE_EQ(*stage.of({}, Quantity::cpu_idle).value, 0.81);
}

TEST(MachineTime, is_unknown_in_a_line_that_is_short_or_absurd) {
    for (const char* stat : {"cpu  1 2 3\n",
                             "cpu  -1 2 3 4 5 6 7 8\n",
                             "intr 1 2 3 4 5 6 7 8\n",
                             "cpu  18446744073709551615 2 3 4 5 6 7 8\n",
                             ""}) {
        EXPECT_FALSE(busy_ticks(stat)) << stat;
        EXPECT_FALSE(idle_ticks(stat)) << stat;
    }
}

}  // namespace
}  // namespace penstock
