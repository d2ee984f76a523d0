// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf/pmu.h"

#include <gmock/gmock.h>

#include "agent/probes/perf/cpu_places.h"
#include "tests/unit/perf_probes/platforms.h"

namespace penstock {
namespace {

using fakes::FakeMachine;
using fakes::pmu_folder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Boxes, are_those_with_the_name_or_the_name_and_a_number) {
    FakeMachine machine;
    for (const std::string name : {"uncore_imc_0",
                                   "uncore_imc_1",
                                   "uncore_imc_10",
                                   "uncore_imc_2",
                                   "uncore_imc_free_running_0",
                                   "uncore_imc_x",
                                   "uncore_imcs",
                                   "cpu"}) {
        fakes::add_pmu(machine, {.name = name, .type = 9});
    }
    EXPECT_THAT(boxes_called(machine, "uncore_imc").value(),
                ElementsAre("uncore_imc_0", "uncore_imc_1", "uncore_imc_2", "uncore_imc_10"));
    EXPECT_THAT(boxes_called(machine, "uncore_imc_free_running").value(),
                ElementsAre("uncore_imc_free_running_0"));
    EXPECT_THAT(boxes_called(machine, "amd_umc").value(), IsEmpty());
}

TEST(Boxes, may_have_no_number_where_there_is_one_only) {
    FakeMachine machine;
    fakes::add_pmu(machine, {.name = "uncore_imc", .type = 9});
    EXPECT_THAT(boxes_called(machine, "uncore_imc").value(), ElementsAre("uncore_imc"));
}

TEST(Boxes, are_bounded) {
    FakeMachine machine;
    fakes::add_boxes(machine, {.name = "amd_umc", .type = 9}, most_boxes);
    EXPECT_THAT(boxes_called(machine, "amd_umc").value(), SizeIs(most_boxes));
    fakes::add_pmu(machine, {.name = "amd_umc_999", .type = 9});
    EXPECT_THAT(boxes_called(machine, "amd_umc").error().message(),
                HasSubstr("257 boxes called amd_umc, more than 256"));
}

TEST(Pmu, has_the_type_that_sysfs_shows_now) {
    FakeMachine machine;
    fakes::add_pmu(machine, fakes::msr_pmu());
    const Pmu msr(machine, "msr");
    EXPECT_EQ(msr.type().value(), 9U);
    machine.file(pmu_folder("msr") + "/type", "23\n");
    EXPECT_EQ(msr.listed("tsc").value().type, 23U);
}

TEST(Pmu, refuses_types_that_no_box_can_have) {
    FakeMachine machine;
    fakes::add_pmu(machine, fakes::msr_pmu());
    const Pmu msr(machine, "msr");
    for (const std::string type : {"1\n", "5\n", "-1\n", "2147483648\n", "nine\n", "", "9 9\n"}) {
        machine.file(pmu_folder("msr") + "/type", type);
        EXPECT_THAT(msr.type().error().message(), HasSubstr("is no type of msr")) << type;
    }
}

TEST(Pmu, knows_the_words_that_perf_itself_knows) {
    FakeMachine machine;
    fakes::add_pmu(machine, fakes::msr_pmu());
    const auto event = Pmu(machine, "msr").encode("config=0x7,config1=0x8,config2=0x9");
    EXPECT_EQ(event.value(), (PerfEvent{.type = 9, .config = 7, .config1 = 8, .config2 = 9}));
}

TEST(Pmu, says_which_format_it_lacks) {
    FakeMachine machine;
    fakes::add_pmu(machine, fakes::msr_pmu());
    EXPECT_THAT(Pmu(machine, "msr").encode("event=1,umask=2").error().message(),
                HasSubstr("msr/format/umask: No such file"));
}

TEST(Pmu, refuses_files_that_are_longer_than_a_page) {
    FakeMachine machine;
    fakes::add_pmu(machine, fakes::msr_pmu());
    const Pmu msr(machine, "msr");
    machine.file(pmu_folder("msr") + "/events/tsc", std::string(Pmu::longest_file, ' ') + "x");
    EXPECT_THAT(msr.listed("tsc").error().message(), HasSubstr("too large"));
    EXPECT_FALSE(msr.lists("tsc"));
}

TEST(Pmu, takes_a_scale_only_in_the_unit_that_is_expected) {
    FakeMachine machine;
    fakes::add_pmu(machine, fakes::rapl());
    const Pmu power(machine, "power");
    EXPECT_EQ(power.scale("energy-pkg", "Joules").value(), 2.3283064365386962890625e-10);
    machine.file(pmu_folder("power") + "/events/energy-pkg.unit", "Watts");
    EXPECT_THAT(power.scale("energy-pkg", "Joules").error().message(),
                HasSubstr("energy-pkg of power is in \"Watts\", not in Joules"));
}

TEST(CpuPlaces, knows_package_and_memory_node_of_a_processor) {
    FakeMachine machine;
    fakes::add_packages(machine, {.packages = 2, .cpus_each = 4, .nodes_each = 2});
    const CpuPlaces places(machine);
    EXPECT_EQ(places.package_of(5).value(), 1U);
    EXPECT_EQ(places.node_of(5).value(), 2U);
}

TEST(CpuPlaces, takes_packages_for_nodes_where_there_is_no_numa) {
    FakeMachine machine;
    fakes::add_packages(machine, {.packages = 2});
    machine.remove("sys/devices/system/node");
    EXPECT_EQ(CpuPlaces(machine).node_of(5).value(), 1U);
}

TEST(CpuPlaces, sees_when_several_nodes_share_one_counting_processor) {
    FakeMachine machine;
    fakes::add_packages(machine, {.packages = 2, .cpus_each = 4, .nodes_each = 2});
    const CpuPlaces places(machine);
    EXPECT_TRUE(places.shares_counters({0, 4}));
    EXPECT_FALSE(places.shares_counters({0, 2, 4, 6}));
}

TEST(CpuPlaces, leaves_out_nodes_that_can_not_be_read) {
    FakeMachine machine;
    fakes::add_packages(machine, {.packages = 2});
    machine.file("sys/devices/system/node/node0/cpulist", "0-99999\n");
    machine.file("sys/devices/system/node/node4096/cpulist", "0\n");
    machine.file("sys/devices/system/node/node7/cpulist", "\n");
    const CpuPlaces places(machine);
    EXPECT_EQ(places.node_of(0).value(), 0U) << "its package";
    EXPECT_EQ(places.node_of(4).value(), 1U);
}

TEST(CpuPlaces, refuses_a_package_that_can_not_be) {
    FakeMachine machine;
    machine.file("sys/devices/system/cpu/cpu0/topology/physical_package_id", "-1\n");
    EXPECT_THAT(CpuPlaces(machine).package_of(0).error().message(),
                HasSubstr("\"-1\" is no package of processor 0"));
}

}  // namespace
}  // namespace penstock
