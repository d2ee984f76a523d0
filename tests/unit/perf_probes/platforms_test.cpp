// SPDX-License-Identifier: Apache-2.0
//
// What each kind of counters asks perf for on each platform, and what it makes of the counts.

#include "tests/unit/perf_probes/bench.h"

namespace penstock {
namespace {

using fakes::Bench;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr std::string_view modalias = "sys/devices/system/cpu/modalias";

TEST(UncoreImc, counts_lines_in_each_box_of_each_package) {
    Bench bench(kinds::uncore_imc);
    fakes::add_boxes(bench.machine, fakes::skylake_imc(), 6);
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(), SizeIs(12));
    EXPECT_THAT(bench.groups(), Each(ElementsAre(0x304, 0xc04)));
    ASSERT_TRUE(bench.read());
    EXPECT_THAT(bench.parts(),
                UnorderedElementsAre(Pair(Quantity::dram_read, Pair(12, 64)),
                                     Pair(Quantity::dram_written, Pair(12, 64))));
}

TEST(UncoreImc, follows_the_codes_of_later_servers) {
    Bench ice_lake(kinds::uncore_imc);
    fakes::add_boxes(ice_lake.machine, fakes::ice_lake_imc(), 8);
    ASSERT_EQ(ice_lake.why_not(), "");
    EXPECT_THAT(ice_lake.groups(), Each(ElementsAre(0xf04, 0x3004)));

    Bench sapphire_rapids(kinds::uncore_imc);
    fakes::add_boxes(sapphire_rapids.machine, fakes::sapphire_rapids_imc(), 8);
    ASSERT_EQ(sapphire_rapids.why_not(), "");
    EXPECT_THAT(sapphire_rapids.groups(), Each(ElementsAre(0xcf05, 0xf005)));
}

TEST(UncoreImc, sums_both_halves_of_granite_rapids_channels) {
    Bench bench(kinds::uncore_imc);
    fakes::add_boxes(bench.machine, fakes::granite_rapids_imc(), 12);
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(), Each(ElementsAre(0xcf05, 0xcf06, 0xf005, 0xf006)));
    ASSERT_TRUE(bench.read());
    EXPECT_THAT(bench.parts(), Contains(Pair(Quantity::dram_read, Pair(48, 64))));
}

TEST(UncoreImc, finds_the_second_half_where_the_kernel_lists_only_one) {
    Bench bench(kinds::uncore_imc);
    fakes::add_boxes(bench.machine, fakes::sapphire_rapids_imc(), 12);
    fakes::add_boxes(bench.machine, {.name = "uncore_b2cmi", .type = 99}, 12);
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(), Each(ElementsAre(0xcf05, 0xcf06, 0xf005, 0xf006)));
}

TEST(UncoreImc, tells_on_old_clients_who_asked) {
    Bench bench(kinds::uncore_imc, {.packages = 1});
    fakes::add_pmu(bench.machine, fakes::rocket_lake_imc());
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(), ElementsAre(ElementsAre(1, 2, 3, 4, 5)));
    ASSERT_TRUE(bench.read());
    EXPECT_THAT(bench.parts(),
                UnorderedElementsAre(Pair(Quantity::dram_read, Pair(1, 64)),
                                     Pair(Quantity::dram_written, Pair(1, 64)),
                                     Pair(Quantity::dram_gpu, Pair(1, 64)),
                                     Pair(Quantity::dram_cpu, Pair(1, 64)),
                                     Pair(Quantity::dram_io, Pair(1, 64))));
}

TEST(UncoreImc, knows_reads_and_writes_of_clients_before_linux_5_9) {
    Bench bench(kinds::uncore_imc, {.packages = 1});
    fakes::PmuTree imc = fakes::rocket_lake_imc();
    imc.events.resize(6);
    fakes::add_pmu(bench.machine, imc);
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(), ElementsAre(ElementsAre(1, 2)));
}

TEST(UncoreImc, leaves_boxes_alone_whose_events_it_does_not_know) {
    Bench bench(kinds::uncore_imc);
    fakes::add_boxes(
        bench.machine,
        {.name = "uncore_imc", .type = 9, .cpumask = "0", .events = {{"clockticks", "event=1"}}},
        2);
    EXPECT_EQ(bench.why_not(), "uncore_imc_0 lists no events that are known here");
}

TEST(UncoreImcFreeRunning, reads_servers_and_clients_with_their_own_codes) {
    Bench server(kinds::uncore_imc_free_running);
    fakes::add_boxes(server.machine, fakes::server_free_running_imc(), 4);
    ASSERT_EQ(server.why_not(), "");
    EXPECT_THAT(server.groups(), Each(ElementsAre(0x20ff, 0x21ff)));

    Bench client(kinds::uncore_imc_free_running, {.packages = 1});
    fakes::add_boxes(client.machine, fakes::tiger_lake_free_running_imc(), 2);
    ASSERT_EQ(client.why_not(), "");
    EXPECT_THAT(client.groups(), Each(ElementsAre(0x20ff, 0x30ff, 0x10ff)));
    ASSERT_TRUE(client.read());
    EXPECT_THAT(client.parts(), Contains(Pair(Quantity::dram_total, Pair(2, 64))));
}

TEST(UncoreImcFreeRunning, is_absent_where_only_clocks_run) {
    Bench bench(kinds::uncore_imc_free_running);
    fakes::PmuTree imc = fakes::server_free_running_imc();
    imc.events.resize(1);
    fakes::add_boxes(bench.machine, imc, 4);
    EXPECT_THAT(bench.why_not(), HasSubstr("lists no events that are known here"));
}

TEST(AmdUmc, counts_lines_slots_and_clocks_of_each_channel) {
    Bench bench(kinds::amd_umc);
    fakes::PmuTree umc = fakes::genoa_umc();
    fakes::add_boxes(bench.machine, umc, 12);
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(), SizeIs(12));
    EXPECT_THAT(bench.groups(), Each(ElementsAre(0x10a, 0x20a, 0x14, 0x00)));
    ASSERT_TRUE(bench.read());
    EXPECT_THAT(bench.parts(),
                UnorderedElementsAre(Pair(Quantity::dram_read, Pair(12, 64)),
                                     Pair(Quantity::dram_written, Pair(12, 64)),
                                     Pair(Quantity::dram_slots, Pair(12, 1)),
                                     Pair(Quantity::dram_clocks, Pair(12, 1))));
}

TEST(AmdUmc, is_opened_anew_before_its_counters_can_stop) {
    Bench bench(kinds::amd_umc);
    fakes::add_boxes(bench.machine, fakes::genoa_umc(), 1);
    ASSERT_EQ(bench.why_not(), "");
    ASSERT_TRUE(bench.read(std::chrono::seconds(1)));
    EXPECT_TRUE(bench.read(std::chrono::hours(5)));
    EXPECT_FALSE(bench.read(std::chrono::hours(7)));
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_TRUE(bench.read(std::chrono::hours(7)));
}

TEST(AmdDf, counts_all_channels_one_by_one_where_a_group_is_refused) {
    Bench bench(kinds::amd_df);
    fakes::add_pmu(bench.machine, fakes::zen2_df());
    bench.machine.file(std::string(modalias), "cpu:type:x86,ven0002fam0017mod0031:feature:,0000\n");
    bench.machine.refuse([](auto events, int) { return events.size() > 4 ? EINVAL : 0; });
    EXPECT_THAT(bench.what(), HasSubstr("event by event"));
    EXPECT_THAT(bench.groups(), SizeIs(16));
    EXPECT_THAT(bench.groups(), Contains(ElementsAre(0x1000038c7)).Times(2));
    ASSERT_TRUE(bench.read());
    EXPECT_THAT(bench.parts(), ElementsAre(Pair(Quantity::dram_total, Pair(16, 64))));
    EXPECT_EQ(bench.readings.counters.front().by.confidence, Confidence::counter);
}

TEST(AmdDf, is_only_derived_where_nobody_has_compared_it) {
    Bench bench(kinds::amd_df);
    fakes::add_pmu(bench.machine, fakes::zen2_df());
    bench.machine.file(std::string(modalias), "cpu:type:x86,ven0002fam0017mod0071:feature:,0000\n");
    ASSERT_EQ(bench.why_not(), "");
    ASSERT_TRUE(bench.read());
    EXPECT_EQ(bench.readings.counters.front().by.confidence, Confidence::derived);
    EXPECT_EQ(bench.readings.counters.front().by.origin.text(),
              "amd_df, unverified on this processor");
}

TEST(AmdDf, does_not_take_zen_4_for_what_came_before) {
    Bench bench(kinds::amd_df);
    fakes::add_pmu(bench.machine, fakes::zen4_df());
    bench.machine.file(std::string(modalias), "cpu:type:x86,ven0002fam0019mod0011:feature:,0000\n");
    EXPECT_THAT(bench.why_not(), HasSubstr("known here"));
}

TEST(AmdDfUpstream, counts_four_root_complexes_on_zen_4_and_eight_on_zen_5) {
    Bench zen4(kinds::amd_df_upstream);
    fakes::add_pmu(zen4.machine, fakes::zen4_df());
    ASSERT_EQ(zen4.why_not(), "");
    EXPECT_THAT(zen4.groups(), SizeIs(2));
    EXPECT_THAT(zen4.groups(), Each(SizeIs(8)));
    EXPECT_EQ(zen4.groups().front()[0], 0x80700fe1fU);
    EXPECT_EQ(zen4.groups().front()[4], 0x80700ff1fU);

    Bench zen5(kinds::amd_df_upstream);
    fakes::add_pmu(zen5.machine, fakes::zen4_df());
    zen5.machine.file(std::string(modalias), "cpu:type:x86,ven0002fam001Amod0002:feature:,0000\n");
    ASSERT_EQ(zen5.why_not(), "");
    EXPECT_THAT(zen5.groups(), Each(SizeIs(16)));
    ASSERT_TRUE(zen5.read());
    EXPECT_THAT(zen5.parts(),
                UnorderedElementsAre(Pair(Quantity::link_received, Pair(16, 64)),
                                     Pair(Quantity::link_sent, Pair(16, 64))));
}

TEST(UncoreIio, masks_the_ports_that_the_generation_has) {
    Bench skylake(kinds::uncore_iio);
    fakes::add_boxes(skylake.machine, fakes::io_stack("config:36-43", "config:44-46"), 6);
    ASSERT_EQ(skylake.why_not(), "");
    EXPECT_THAT(skylake.groups(),
                Each(ElementsAre(0x70f000000483, 0x70f000000183, 0x70f0000001c0, 0x70f0000004c0)));

    Bench ice_lake(kinds::uncore_iio);
    fakes::add_boxes(ice_lake.machine, fakes::io_stack("config:36-47", "config:48-50"), 6);
    ASSERT_EQ(ice_lake.why_not(), "");
    EXPECT_THAT(
        ice_lake.groups(),
        Each(ElementsAre(0x70ff000000483, 0x70ff000000183, 0x70ff0000001c0, 0x70ff0000004c0)));
    ASSERT_TRUE(ice_lake.read());
    EXPECT_THAT(ice_lake.parts(),
                UnorderedElementsAre(Pair(Quantity::link_received, Pair(24, 4)),
                                     Pair(Quantity::link_sent, Pair(24, 4))));
}

TEST(UncoreIioFreeRunning, counts_words_of_4_bytes_on_skylake) {
    Bench bench(kinds::uncore_iio_free_running);
    fakes::add_boxes(bench.machine, fakes::free_running_io(4, "0x24", "3.814697266e-6"), 2);
    ASSERT_EQ(bench.why_not(), "");
    ASSERT_TRUE(bench.read());
    EXPECT_THAT(bench.parts(),
                UnorderedElementsAre(Pair(Quantity::link_received, Pair(8, 4)),
                                     Pair(Quantity::link_sent, Pair(8, 4))));
}

TEST(UncoreIioFreeRunning, counts_32_bytes_on_ice_lake_whatever_the_scale_file_says) {
    for (const std::string scale : {"3.814697266e-6", "3.0517578125e-5"}) {
        Bench bench(kinds::uncore_iio_free_running);
        fakes::add_boxes(bench.machine, fakes::free_running_io(8, "", scale), 2);
        ASSERT_EQ(bench.why_not(), "");
        ASSERT_TRUE(bench.read());
        EXPECT_THAT(bench.parts(), ElementsAre(Pair(Quantity::link_sent, Pair(16, 32))));
    }
}

TEST(UncoreIioFreeRunning, counts_both_directions_on_sapphire_rapids) {
    Bench bench(kinds::uncore_iio_free_running);
    fakes::add_boxes(bench.machine, fakes::free_running_io(8, "0x30", "3.814697266e-6"), 1);
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(), ElementsAre(SizeIs(16)));
    ASSERT_TRUE(bench.read());
    EXPECT_THAT(bench.parts(),
                UnorderedElementsAre(Pair(Quantity::link_received, Pair(8, 32)),
                                     Pair(Quantity::link_sent, Pair(8, 32))));
}

TEST(UncoreCha, counts_lines_that_devices_asked_for) {
    Bench bench(kinds::uncore_cha);
    fakes::add_boxes(bench.machine, fakes::cache_boxes(), 60);
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(),
                Each(ElementsAre(0xc8f3ff00000435, 0xcc43ff00000435, 0xcd43ff00000435)));
    ASSERT_TRUE(bench.read());
    EXPECT_EQ(bench.readings.counters.front().by.confidence, Confidence::derived);
}

TEST(UncoreCha, leaves_it_to_the_io_stacks_where_there_are_any) {
    Bench bench(kinds::uncore_cha);
    fakes::add_boxes(bench.machine, fakes::cache_boxes(), 60);
    fakes::add_boxes(bench.machine, fakes::io_stack("config:36-47", "config:48-50"), 6);
    EXPECT_EQ(bench.why_not(), "left alone, because uncore_iio counts the same better");
    EXPECT_THAT(bench.groups(), IsEmpty());
}

TEST(Power, counts_joules_of_what_the_machine_lists) {
    Bench bench(kinds::power);
    fakes::add_pmu(bench.machine, fakes::rapl());
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_THAT(bench.groups(), Each(ElementsAre(2, 1, 3)));
    ASSERT_TRUE(bench.read());
    const auto joule_parts = Pair(2, 2.3283064365386962890625e-10);
    EXPECT_THAT(bench.parts(),
                UnorderedElementsAre(Pair(Quantity::energy_package, joule_parts),
                                     Pair(Quantity::energy_cores, joule_parts),
                                     Pair(Quantity::energy_memory, joule_parts)));
    EXPECT_EQ(bench.readings.counters.back().subject.place, package(1));
}

TEST(Power, is_absent_where_its_scale_is_absurd) {
    for (const std::string scale : {"1", "1e-20", "-2.3e-10", "0", "nan", "", "much"}) {
        Bench bench(kinds::power);
        fakes::add_pmu(bench.machine, fakes::rapl());
        bench.machine.file(fakes::pmu_folder("power") + "/events/energy-ram.scale", scale);
        EXPECT_THAT(bench.why_not(), HasSubstr("scale")) << scale;
    }
}

TEST(Power, is_absent_where_its_scale_is_missing) {
    Bench bench(kinds::power);
    fakes::add_pmu(bench.machine, fakes::rapl());
    bench.machine.remove(fakes::pmu_folder("power") + "/events/energy-pkg.scale");
    EXPECT_THAT(bench.why_not(), HasSubstr("energy-pkg.scale: No such file"));
}

TEST(Msr, is_counted_on_the_first_processor_because_it_has_no_mask) {
    Bench bench(kinds::msr);
    fakes::add_pmu(bench.machine, fakes::msr_pmu());
    ASSERT_EQ(bench.why_not(), "");
    ASSERT_THAT(bench.machine.openings(), SizeIs(1));
    EXPECT_EQ(bench.machine.openings().front().cpu, 0);
    ASSERT_TRUE(bench.read());
    EXPECT_EQ(bench.readings.counters.front().subject.place, Place{});
}

}  // namespace
}  // namespace penstock
