// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/conflicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/probes/memory_places.h"
#include "tests/unit/host_probes/resctrl_stage.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Conflicts : public testing::Test {
  protected:
    Conflicts() {
        stage_.write("proc/sys/kernel/nmi_watchdog", "0\n");
        stage_.write("proc/sys/kernel/perf_event_paranoid", "-1\n");
        stage_.write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu vme\n");
        stage_.write("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
    }

    std::vector<std::string> subjects() {
        std::vector<std::string> subjects;
        for (const doctor::Finding& finding : find_conflicts(stage_.machine())) {
            subjects.push_back(finding.subject);
            EXPECT_FALSE(finding.found.empty());
            EXPECT_FALSE(finding.consequence.empty());
            EXPECT_FALSE(finding.change.empty());
        }
        return subjects;
    }

    fakes::Stage stage_;
};

TEST_F(Conflicts, are_none_on_a_machine_as_one_would_wish) {
    EXPECT_THAT(subjects(), IsEmpty());
}

TEST_F(Conflicts, are_the_watchdog_and_the_paranoia_of_perf) {
    stage_.write("proc/sys/kernel/nmi_watchdog", "1\n");
    stage_.write("proc/sys/kernel/perf_event_paranoid", "3\n");
    EXPECT_THAT(subjects(), ElementsAre("NMI watchdog", "perf"));
}

TEST_F(Conflicts, are_a_kernel_without_perf) {
    stage_.remove("proc/sys/kernel/perf_event_paranoid");
    const auto findings = find_conflicts(stage_.machine());
    ASSERT_EQ(findings.size(), 1);
    EXPECT_EQ(findings.front().state, doctor::State::broken);
}

TEST_F(Conflicts, are_a_paranoia_that_makes_no_sense) {
    stage_.write("proc/sys/kernel/perf_event_paranoid", "very\n");
    const auto findings = find_conflicts(stage_.machine());
    ASSERT_EQ(findings.size(), 1);
    EXPECT_EQ(findings.front().state, doctor::State::unknown);
}

TEST_F(Conflicts, are_a_kernel_that_is_locked_down) {
    stage_.write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    EXPECT_THAT(subjects(), ElementsAre("kernel lockdown"));
}

TEST_F(Conflicts, are_counters_of_traffic_that_nobody_has_mounted) {
    stage_.write("proc/cpuinfo", "flags\t\t: fpu cqm_mbm_total cqm_mbm_local\n");
    stage_.write("sys/fs/resctrl/x", "");
    EXPECT_THAT(subjects(), IsEmpty());

    stage_.remove("sys/fs/resctrl/x");
    const auto findings = find_conflicts(stage_.machine());
    ASSERT_EQ(findings.size(), 1);
    EXPECT_EQ(findings.front().change, "mount -t resctrl resctrl /sys/fs/resctrl");
}

TEST_F(Conflicts, are_a_virtual_machine_whatever_tells_it) {
    stage_.write("proc/cpuinfo", "flags\t\t: fpu hypervisor\nflags\t\t: fpu\n");
    EXPECT_THAT(subjects(), ElementsAre("virtual machine"));
    stage_.write("proc/cpuinfo", "flags\t\t: fpu\n");
    EXPECT_THAT(subjects(), IsEmpty());
    stage_.write("sys/hypervisor/type", "xen\n");
    EXPECT_THAT(subjects(), ElementsAre("virtual machine"));
    stage_.remove("sys/hypervisor");
    stage_.write("sys/class/dmi/id/sys_vendor", "QEMU\n");
    EXPECT_THAT(subjects(), ElementsAre("virtual machine"));
}

TEST_F(Conflicts, are_a_pcm_that_runs_and_nothing_with_a_similar_name) {
    stage_.write("proc/70/comm", "pcmanfm\n");
    stage_.write("proc/self/comm", "pcm\n");
    EXPECT_THAT(subjects(), IsEmpty());
    stage_.write("proc/71/comm", "pcm-memory\n");
    const auto findings = find_conflicts(stage_.machine());
    ASSERT_EQ(findings.size(), 1);
    EXPECT_EQ(findings.front().found, "pcm-memory runs as process 71");
}

TEST(MemoryPlaces, belong_to_the_node_of_the_processors_behind_them) {
    fakes::Stage stage;
    fakes::write_two_nodes(stage);
    const auto places = MemoryPlaces::survey(stage.machine());

    EXPECT_EQ(places.nodes(), 2);
    EXPECT_EQ(places.of_l3(1), 1);
    EXPECT_EQ(places.of_package(1), 1);
    EXPECT_EQ(places.of_l3(2), std::nullopt);
}

TEST(MemoryPlaces, are_all_in_the_only_node_there_is) {
    fakes::Stage stage;
    EXPECT_EQ(MemoryPlaces::survey(stage.machine()).of_l3(9), 0);
    stage.write("sys/devices/system/node/node3/cpulist", "0-1\n");
    stage.write("sys/devices/system/node/node4/cpulist", "\n");  // Memory without processors.
    const auto places = MemoryPlaces::survey(stage.machine());
    EXPECT_EQ(places.of_l3(9), 3);
    EXPECT_EQ(places.nodes(), 1);
}

}  // namespace
}  // namespace penstock
