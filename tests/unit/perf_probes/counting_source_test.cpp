// SPDX-License-Identifier: Apache-2.0

#include "agent/state/quantity_book.h"
#include "tests/unit/perf_probes/bench.h"

namespace penstock {
namespace {

using fakes::Bench;
using fakes::pmu_folder;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

struct TwoChannels : Bench {
    TwoChannels() : Bench(kinds::uncore_imc) {
        fakes::add_boxes(machine, fakes::ice_lake_imc(), 2);
    }

    // What the two channels of the package counted so far.
    void reads(int cpu, std::uint64_t first, std::uint64_t second) {
        machine.count({.type = 20, .config = 0xf04}, cpu, first);
        machine.count({.type = 21, .config = 0xf04}, cpu, second);
    }

    // Reads, and lets the book make rates of it.
    void absorb(Duration at) {
        ASSERT_TRUE(read(at));
        for (const CounterReading& reading : readings.counters) {
            book.absorb(reading);
        }
    }

    Sample<double> rate_of(const Place& place) const {
        Sample<double> rate;
        book.each([&](const Place& where, Quantity quantity, const QuantityBook::Known& known) {
            if (where == place && quantity == Quantity::dram_read) {
                rate = known.now;
            }
        });
        return rate;
    }

    QuantityBook book;
};

TEST(CountingSource, measures_each_package_as_its_memory_node) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    bench.absorb(seconds(1));
    bench.reads(0, 100, 200);
    bench.reads(4, 5, 0);
    bench.absorb(seconds(2));
    EXPECT_EQ(bench.rate_of(memory_node(0)).value, 300 * 64);
    EXPECT_EQ(bench.rate_of(memory_node(1)).value, 5 * 64);
}

TEST(CountingSource, says_what_it_measures_and_where) {
    TwoChannels bench;
    EXPECT_EQ(bench.what(), "uncore_imc: 2 boxes counted on processors 0, 4");
    EXPECT_EQ(bench.source->name(), "uncore_imc");
}

TEST(CountingSource, says_when_a_node_stands_for_others) {
    Bench bench(kinds::uncore_imc, {.packages = 2, .cpus_each = 4, .nodes_each = 2});
    fakes::add_boxes(bench.machine, fakes::ice_lake_imc(), 2);
    EXPECT_THAT(bench.what(), HasSubstr("several memory nodes is counted as its first one"));
}

TEST(CountingSource, lets_counters_that_take_turns_be_scaled) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    bench.machine.ran(seconds(1), milliseconds(500));
    bench.absorb(seconds(1));
    bench.machine.ran(seconds(2), milliseconds(750));
    bench.reads(0, 100, 0);
    bench.absorb(seconds(2));
    EXPECT_EQ(bench.rate_of(memory_node(0)).value, 4 * 100 * 64);
}

TEST(CountingSource, knows_nothing_while_a_counter_had_no_turn) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    bench.machine.ran(seconds(1), {});
    bench.absorb(seconds(1));
    bench.machine.ran(seconds(2), {});
    bench.absorb(seconds(2));
    EXPECT_EQ(bench.rate_of(memory_node(0)).value, std::nullopt);
}

TEST(CountingSource, opens_events_one_by_one_where_the_kernel_refuses_the_group) {
    TwoChannels bench;
    bench.machine.refuse([](auto events, int) { return events.size() > 1 ? EINVAL : 0; });
    EXPECT_THAT(bench.what(),
                HasSubstr("event by event because the kernel takes them in no group"));
    EXPECT_THAT(bench.groups(), AllOf(SizeIs(8), Each(SizeIs(1))));
    bench.absorb(seconds(1));
    bench.reads(0, 100, 200);
    bench.absorb(seconds(2));
    EXPECT_EQ(bench.rate_of(memory_node(0)).value, 300 * 64);
}

TEST(CountingSource, is_absent_where_the_kernel_refuses_a_single_event_too) {
    TwoChannels bench;
    bench.machine.refuse([](auto, int) { return EINVAL; });
    EXPECT_THAT(bench.why_not(),
                AllOf(StartsWith("count uncore_imc_0: on processor 0:"), HasSubstr("Invalid")));
    EXPECT_EQ(bench.machine.open_groups(), 0U);
}

TEST(CountingSource, says_what_to_change_where_perf_is_not_permitted) {
    TwoChannels bench;
    bench.machine.file("proc/sys/kernel/perf_event_paranoid", "2\n");
    bench.machine.refuse([](auto, int) { return EACCES; });
    EXPECT_EQ(
        bench.why_not(),
        "count uncore_imc_0: on processor 0: open a perf counter: Permission denied: it takes "
        "CAP_PERFMON, or kernel.perf_event_paranoid of 0 or less where it is 2 now");
}

TEST(CountingSource, comes_later_where_others_hold_the_counters) {
    TwoChannels bench;
    bench.machine.refuse([](auto, int) { return EBUSY; });
    EXPECT_THAT(bench.why_not(), StartsWith("later: count uncore_imc_0"));
}

TEST(CountingSource, leaves_nothing_open_when_a_later_box_fails) {
    TwoChannels bench;
    bench.machine.refuse([](auto events, int) { return events[0].type == 21 ? ENOENT : 0; });
    EXPECT_NE(bench.why_not(), "");
    EXPECT_EQ(bench.machine.open_groups(), 0U);
}

TEST(CountingSource, closes_what_it_had_before_it_opens_anew) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_EQ(bench.machine.open_groups(), 4U);
    ASSERT_TRUE(bench.read());
    EXPECT_THAT(bench.readings.counters, SizeIs(8));
}

TEST(CountingSource, wants_to_be_opened_anew_when_its_boxes_are_gone) {
    for (const int code : {ENODEV, ESRCH, ENXIO}) {
        TwoChannels bench;
        ASSERT_EQ(bench.why_not(), "");
        bench.machine.break_counters(code, 21);
        EXPECT_FALSE(bench.read());
        EXPECT_THAT(bench.readings.counters, IsEmpty()) << "the first box alone says nothing";
    }
}

TEST(CountingSource, asks_with_the_type_that_holds_after_the_module_was_loaded_again) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    bench.machine.file(pmu_folder("uncore_imc_0") + "/type", "77\n");
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_EQ(bench.machine.openings()[4].events.front().type, 77U);
}

TEST(CountingSource, gives_a_reason_while_perf_answers_nonsense) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    bench.absorb(seconds(1));
    bench.machine.break_counters(EBADMSG);
    bench.absorb(seconds(2));
    EXPECT_EQ(bench.rate_of(memory_node(0)).value, std::nullopt);
    EXPECT_EQ(bench.rate_of(memory_node(0)).source.text(), "read uncore_imc: Bad message");
}

TEST(CountingSource, does_not_take_the_sum_of_some_channels_for_that_of_all) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    bench.absorb(seconds(1));
    bench.reads(0, 100, 200);
    bench.machine.break_counters(EIO, 21);
    bench.absorb(seconds(2));
    EXPECT_EQ(bench.rate_of(memory_node(0)).value, std::nullopt);
}

TEST(CountingSource, says_its_origin_again_once_perf_has_recovered) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    bench.machine.break_counters(EIO);
    bench.absorb(seconds(1));
    bench.machine.break_counters(0);
    bench.absorb(seconds(2));
    bench.absorb(seconds(3));
    EXPECT_EQ(bench.rate_of(memory_node(0)).value, 0);
    EXPECT_EQ(bench.rate_of(memory_node(0)).source.text(), "uncore_imc");
}

TEST(CountingSource, notices_within_a_second_that_its_processor_went_offline) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    ASSERT_TRUE(bench.read(milliseconds(1000)));
    bench.machine.file(pmu_folder("uncore_imc_0") + "/cpumask", "1,4\n");
    bench.machine.file(pmu_folder("uncore_imc_1") + "/cpumask", "1,4\n");
    EXPECT_TRUE(bench.read(milliseconds(1990))) << "it need not look at every tick";
    EXPECT_FALSE(bench.read(milliseconds(2000)));
    EXPECT_EQ(bench.what(), "uncore_imc: 2 boxes counted on processors 1, 4");
}

TEST(CountingSource, notices_that_its_mask_vanished) {
    TwoChannels bench;
    ASSERT_EQ(bench.why_not(), "");
    ASSERT_TRUE(bench.read(seconds(1)));
    bench.machine.remove(pmu_folder("uncore_imc_0"));
    EXPECT_FALSE(bench.read(seconds(2)));
}

TEST(CountingSource, marks_what_comes_from_an_emulator) {
    Bench bench(kinds::msr);
    fakes::add_pmu(bench.machine, fakes::msr_pmu());
    ASSERT_TRUE(std::holds_alternative<Available>(
        bench.source->open(bench.machine, {.emulated = true}, fakes::bench_source)));
    ASSERT_TRUE(bench.read());
    EXPECT_TRUE(bench.readings.counters.front().by.emulated);
}

TEST(CountingSource, is_read_less_often_where_reading_interrupts_many) {
    EXPECT_EQ(make_counting_source(kinds::uncore_imc, milliseconds(10))->pace().period,
              milliseconds(10));
    EXPECT_EQ(make_counting_source(kinds::uncore_cha, milliseconds(10))->pace().period,
              milliseconds(100));
    EXPECT_EQ(make_counting_source(kinds::uncore_cha, seconds(1))->pace().period, seconds(1));
}

}  // namespace
}  // namespace penstock
