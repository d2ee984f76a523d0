// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string root = "/org/penstock1";

// Without the signals of single preemptions.
std::vector<Heard> changes(BusPair& pair) {
    std::vector<Heard> heard = pair.heard();
    std::erase_if(heard, [](const Heard& each) { return each.member.starts_with("Process"); });
    return heard;
}

std::vector<Heard> preemption_signals(BusPair& pair) {
    std::vector<Heard> heard = pair.heard();
    std::erase_if(heard, [](const Heard& each) { return !each.member.starts_with("Process"); });
    return heard;
}

TEST(Announcements, are_silent_about_fast_numbers) {
    BusPair pair;
    for (int tick = 0; tick < 100; ++tick) {
        pair.loop.snapshot.memory[0].read.value = BytesPerSecond{static_cast<std::uint64_t>(tick)};
        *pair.loop.snapshot.queues[0].written += 1;
        pair.loop.advance(milliseconds(10));
    }
    EXPECT_THAT(pair.heard(), IsEmpty());
}

TEST(Announcements, tell_each_change_once) {
    BusPair pair;
    pair.loop.advance(milliseconds(200));
    pair.loop.snapshot.owners[0].priority = 4;
    pair.loop.snapshot.owners[0].weight = 7;
    pair.loop.snapshot.owners[0].cost_source = "rule:a.conf";
    pair.loop.snapshot.owners[0].level = PreemptionLevel::none;
    pair.loop.snapshot.owners[0].level_reason = "traced by pid 7";
    pair.loop.publish();
    pair.loop.publish();
    EXPECT_THAT(
        pair.heard(),
        ElementsAre(Heard{
            "PropertiesChanged",
            process_path,
            {"Priority", "Weight", "CostSource", "PreemptionLevel", "PreemptionLevelReason"}}));
}

TEST(Announcements, tell_that_a_process_became_another_program_elsewhere) {
    BusPair pair;
    ProcessOrigin& origin = pair.loop.snapshot.owners[0].origin;
    origin.executable = "/usr/bin/other";
    pair.loop.publish();
    origin.control_group = "/b.slice/b.service";
    origin.unit = "b.service";
    pair.loop.publish();
    pair.loop.publish();
    EXPECT_THAT(pair.heard(),
                ElementsAre(Heard{"PropertiesChanged", process_path, {"Executable"}},
                            Heard{"PropertiesChanged", process_path, {"ControlGroup", "Unit"}}));
}

TEST(Announcements, hold_back_states_that_change_quickly_but_tell_the_last) {
    BusPair pair;
    pair.loop.advance(milliseconds(2000));
    pair.heard();
    for (int tick = 0; tick < 5; ++tick) {
        suspend(pair.loop.snapshot, 0);
        pair.loop.advance(milliseconds(10));
        resume(pair.loop.snapshot, 0);
        pair.loop.advance(milliseconds(10));
    }
    const Heard state{"PropertiesChanged", process_path, {"State"}};
    EXPECT_THAT(changes(pair),
                ElementsAre(state, Heard{"PropertiesChanged", root, {"NQueuesSuspended"}}));
    pair.loop.advance(milliseconds(100));
    EXPECT_THAT(changes(pair), ElementsAre(state));
    pair.loop.advance(milliseconds(1000));
    EXPECT_THAT(changes(pair), ElementsAre(Heard{"PropertiesChanged", root, {"NQueuesSuspended"}}));
}

TEST(Announcements, show_a_new_process_as_an_object) {
    BusPair pair;
    pair.loop.advance(milliseconds(1000));
    pair.loop.snapshot.owners.push_back(sample_owner(OwnerId{3}, 5000));
    pair.loop.snapshot.queues.push_back(sample_queue(OwnerId{3}, 0));
    pair.loop.publish();
    const std::vector<Heard> heard = pair.heard();
    ASSERT_THAT(heard, testing::Not(IsEmpty()));
    EXPECT_THAT(
        heard,
        Contains(testing::AllOf(testing::Field(&Heard::member, "InterfacesAdded"),
                                testing::Field(&Heard::path, "/org/penstock1/process/5000"),
                                testing::Field(&Heard::names, Contains("org.penstock1.Process")))));
    EXPECT_EQ(pair.get_text("/org/penstock1/process/5000", "org.penstock1.Process", "Id"), "3");
}

TEST(Announcements, show_the_end_of_a_process_as_gone_and_removed) {
    BusPair pair;
    pair.loop.snapshot.owners.erase(pair.loop.snapshot.owners.begin());
    pair.loop.snapshot.queues.erase(pair.loop.snapshot.queues.begin());
    pair.loop.publish();
    const std::vector<Heard> heard = pair.heard();
    ASSERT_GE(heard.size(), 2U);
    EXPECT_EQ(heard[0], (Heard{"PropertiesChanged", process_path, {"State"}}));
    EXPECT_EQ(heard[1].member, "InterfacesRemoved");
    EXPECT_EQ(heard[1].path, process_path);
    EXPECT_THAT(heard[1].names, Contains("org.penstock1.Process"));
    EXPECT_EQ(pair.get_text(process_path, "org.penstock1.Process", "PID"),
              "org.freedesktop.DBus.Error.UnknownObject");
}

TEST(Announcements, end_one_incarnation_before_the_next_with_its_pid) {
    BusPair pair;
    ASSERT_TRUE(pair.set(process_path, "org.penstock1.Process", "Priority", "i", "9").ok());
    pair.heard();
    // Both are in the snapshot for a moment; the later one has the path.
    pair.loop.snapshot.owners.push_back(sample_owner(OwnerId{8}, 4242));
    pair.loop.publish();
    pair.loop.publish();
    const std::vector<Heard> heard = changes(pair);
    ASSERT_THAT(heard, SizeIs(3));
    EXPECT_EQ(heard[1].member, "InterfacesRemoved");
    EXPECT_EQ(heard[2].member, "InterfacesAdded");
    EXPECT_EQ(pair.get_text(process_path, "org.penstock1.Process", "Id"), "8");
    EXPECT_EQ(pair.get_text(process_path, "org.penstock1.Process", "PrioritySource"), "default");
}

TEST(Announcements, remove_devices_and_memory_nodes_too) {
    BusPair pair;
    pair.loop.snapshot.devices.clear();
    pair.loop.snapshot.memory.clear();
    pair.loop.publish();
    EXPECT_THAT(changes(pair),
                ElementsAre(testing::Field(&Heard::path, memory_path),
                            testing::Field(&Heard::path, gpu_path)));
}

TEST(Announcements, signal_a_preemption_and_its_end) {
    BusPair pair;
    suspend(pair.loop.snapshot, 0);
    pair.loop.publish();
    pair.loop.snapshot.now += milliseconds(7);
    resume(pair.loop.snapshot, 0);
    pair.loop.publish();
    EXPECT_THAT(preemption_signals(pair),
                ElementsAre(Heard{"ProcessPreempted",
                                  "",
                                  {process_path, "1", "1", "higher-rank-has-work", "200000"}},
                            Heard{"ProcessResumed", "", {process_path, "1", "1", "7000"}}));
}

TEST(Announcements, name_an_operator_s_request_and_its_length) {
    BusPair pair;
    pair.loop.snapshot.owners[0].held_until = pair.loop.snapshot.now + milliseconds(50);
    suspend(pair.loop.snapshot, 0);
    pair.loop.publish();
    EXPECT_THAT(
        preemption_signals(pair),
        ElementsAre(
            Heard{"ProcessPreempted", "", {process_path, "1", "1", "operator-request", "50000"}}));
}

TEST(Announcements, signal_a_suspension_that_fell_between_two_snapshots) {
    BusPair pair;
    suspend(pair.loop.snapshot, 0);
    pair.loop.snapshot.now += milliseconds(3);
    resume(pair.loop.snapshot, 0);
    pair.loop.publish();
    EXPECT_THAT(preemption_signals(pair), SizeIs(2));
}

TEST(Announcements, keep_to_20_preemption_signals_a_second_and_count_the_rest) {
    BusPair pair;
    for (int i = 0; i < 50; ++i) {
        suspend(pair.loop.snapshot, 0);
        pair.loop.advance(milliseconds(1));
        resume(pair.loop.snapshot, 0);
        pair.loop.advance(milliseconds(1));
    }
    EXPECT_THAT(preemption_signals(pair), SizeIs(20));
    EXPECT_EQ(pair.service().dropped_signals(), 80U);
    pair.loop.snapshot.now += milliseconds(1000);
    suspend(pair.loop.snapshot, 0);
    pair.loop.publish();
    EXPECT_THAT(preemption_signals(pair), SizeIs(1));
}

}  // namespace
}  // namespace penstock::test
