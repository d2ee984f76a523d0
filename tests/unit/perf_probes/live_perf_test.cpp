// SPDX-License-Identifier: Apache-2.0
//
// The kernel that runs this: its msr PMU takes the whole path from sysfs to a count.

#include "agent/probes/perf/pmu.h"
#include "agent/probes/real_machine.h"
#include "tests/unit/perf_probes/bench.h"

namespace penstock {
namespace {

class LivePerf : public testing::Test {
  public:
    void SetUp() override {
        const Opened opened = source->open(machine, {}, fakes::bench_source);
        if (const auto* absent = std::get_if<Absent>(&opened)) {
            GTEST_SKIP() << absent->why;
        }
    }

    RealMachine machine{{}};
    std::unique_ptr<Source> source =
        make_counting_source(kinds::msr, std::chrono::milliseconds(10));
};

TEST_F(LivePerf, counts_the_time_stamp_counter) {
    Readings readings;
    ASSERT_TRUE(source->read(from_ns(1), readings));
    ASSERT_TRUE(source->read(from_ns(2), readings));
    ASSERT_EQ(readings.counters.size(), 2U);
    const CounterReading& first = readings.counters.front();
    const CounterReading& second = readings.counters.back();
    ASSERT_TRUE(first.count && second.count);
    EXPECT_GT(*second.count, *first.count);
    EXPECT_EQ(second.enabled, second.running) << "nobody takes turns with it";
    EXPECT_EQ(second.by.origin.text(), "perf's msr");
}

TEST_F(LivePerf, refuses_a_processor_that_is_not_there) {
    const auto event = Pmu(machine, "msr").listed("tsc");
    ASSERT_TRUE(event);
    const auto opened = machine.open_counters({&*event, 1}, 8000);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().code, 0);
}

TEST_F(LivePerf, finds_every_other_kind_or_says_why_not) {
    for (const CounterKind* kind : {&kinds::amd_umc,
                                    &kinds::uncore_imc,
                                    &kinds::uncore_imc_free_running,
                                    &kinds::amd_df,
                                    &kinds::uncore_iio,
                                    &kinds::uncore_iio_free_running,
                                    &kinds::uncore_cha,
                                    &kinds::amd_df_upstream,
                                    &kinds::power}) {
        const auto other = make_counting_source(*kind, std::chrono::milliseconds(10));
        const Opened opened = other->open(machine, {}, fakes::bench_source);
        const auto* absent = std::get_if<Absent>(&opened);
        EXPECT_TRUE(absent == nullptr || !absent->why.empty());
    }
}

}  // namespace
}  // namespace penstock
