// SPDX-License-Identifier: Apache-2.0
//
// How owners come into the gate's care, and why some can not be suspended.

#include <gmock/gmock.h>

#include "tests/unit/gate/machine.h"

namespace penstock::gate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Adoption : public GateOnAMachine {
  protected:
    Adoption() { core.begin(&moves, {.sampling_period_ns = 1'000'000, .slot_count = 16}); }

    wire::Adopted last_answer() { return mailbox.all<wire::Adopted>().back(); }
};

TEST_F(Adoption, climbs_to_debug_suspend_and_reports_the_queues_there_are) {
    adopt(urgent, urgent_pid);
    EXPECT_EQ(last_answer().level, PreemptionLevel::debug_suspend);
    EXPECT_EQ(last_answer().reason, "");
    const auto found = mailbox.all<wire::FoundQueue>();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].queue.key, (QueueKey{.owner = urgent, .gpu = gpu, .number = 1}));
    EXPECT_EQ(found[0].queue.type, QueueType::compute_aql);
    EXPECT_EQ(found[0].queue.slot, wire::no_slot);
}

TEST_F(Adoption, says_so_when_the_program_has_not_enabled_its_runtime_and_lets_go) {
    driver.processes[urgent_pid].runtime = kfd::RuntimeState::disabled;
    adopt(urgent, urgent_pid);
    EXPECT_EQ(last_answer().level, PreemptionLevel::none);
    EXPECT_THAT(last_answer().reason, HasSubstr("RUNTIME_ENABLE"));
    EXPECT_FALSE(driver.processes[urgent_pid].enabled);
    EXPECT_THAT(tracer.held, IsEmpty());
    EXPECT_THAT(mailbox.all<wire::FoundQueue>(), SizeIs(1)) << "its queues are known all the same";
}

TEST_F(Adoption, explains_the_other_states_of_the_runtime) {
    driver.processes[urgent_pid].runtime = kfd::RuntimeState::enabled_busy;
    adopt(urgent, urgent_pid);
    EXPECT_THAT(last_answer().reason, HasSubstr("only debug slot"));
    driver.processes[urgent_pid].runtime = kfd::RuntimeState::enabled_error;
    adopt(urgent, urgent_pid);
    EXPECT_THAT(last_answer().reason, HasSubstr("could not set"));
}

TEST_F(Adoption, can_be_asked_again_and_then_succeed) {
    tracer.refusal = "another debugger (pid 5, gdb) is attached";
    adopt(urgent, urgent_pid);
    EXPECT_EQ(last_answer().reason, "debug-suspend: another debugger (pid 5, gdb) is attached");
    tracer.refusal.clear();
    adopt(urgent, urgent_pid);
    EXPECT_EQ(last_answer().level, PreemptionLevel::debug_suspend);
    adopt(urgent, urgent_pid);
    EXPECT_EQ(last_answer().level, PreemptionLevel::debug_suspend);
}

TEST_F(Adoption, reports_a_second_kfd_debugger) {
    driver.enable_error = EALREADY;
    adopt(urgent, urgent_pid);
    EXPECT_EQ(last_answer().reason, "debug-suspend: another debugger holds its queues");
    EXPECT_THAT(tracer.held, IsEmpty());
}

TEST_F(Adoption, refuses_a_process_without_a_pidfd) {
    tell(wire::Adopt{.owner = urgent, .pid = urgent_pid});
    EXPECT_EQ(last_answer().level, PreemptionLevel::none);
    EXPECT_THAT(tracer.held, IsEmpty());
}

TEST_F(Adoption, refuses_a_dead_process) {
    processes.dead = {static_cast<pid_t>(urgent_pid)};
    adopt(urgent, urgent_pid);
    EXPECT_THAT(last_answer().reason, HasSubstr("has ended"));
}

TEST_F(Adoption, refuses_one_process_as_two_owners_and_one_owner_as_two_processes) {
    adopt(urgent, urgent_pid);
    adopt(patient, urgent_pid);
    EXPECT_THAT(last_answer().reason, HasSubstr("as another owner"));
    adopt(urgent, patient_pid);
    EXPECT_THAT(last_answer().reason, HasSubstr("not 80"));
}

TEST_F(Adoption, refuses_more_owners_than_its_limit) {
    for (std::uint32_t i = 1; i <= most_owners; ++i) {
        adopt({i}, 1000 + i);
        ASSERT_EQ(last_answer().level, PreemptionLevel::debug_suspend) << i;
    }
    adopt({most_owners + 1}, 999);
    EXPECT_THAT(last_answer().reason, HasSubstr("limit"));
}

TEST_F(Adoption, refuses_queues_of_strangers) {
    tell(wire::AddQueue{queue_of(urgent, 1, 0)});
    ASSERT_THAT(mailbox.all<wire::Said>(), SizeIs(1));
    EXPECT_THAT(mailbox.all<wire::Said>()[0].line, HasSubstr("not in the gate's care"));
}

TEST_F(Adoption, refuses_more_queues_than_the_driver_allows) {
    driver.processes[urgent_pid].runtime = kfd::RuntimeState::disabled;
    adopt(urgent, urgent_pid);
    for (std::uint32_t number = 0; number <= kfd::max_queues_per_process; ++number) {
        tell(wire::AddQueue{queue_of(urgent, number)});
    }
    EXPECT_THAT(mailbox.all<wire::Said>(), SizeIs(1));
}

TEST_F(Adoption, work_that_waits_already_counts_at_once) {
    set(patient_pid, 1, {.written = 2, .read = 1});
    set(urgent_pid, 1, {.written = 5, .read = 1});
    begin();
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Adoption, asks_the_driver_for_the_type_that_discovery_does_not_know) {
    begin();
    driver.add_queue(patient_pid, 2);
    driver.processes[patient_pid].queues.back().queue_type = kfd::queue_type_sdma;
    wire::QueueAt untyped = queue_of(patient, 2);
    untyped.type = QueueType::unknown;
    tell(wire::AddQueue{untyped});
    contend();
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST(GateWithoutADevice, adopts_nobody_but_still_samples) {
    fakes::FakeTracer tracer;
    fakes::FakeProcesses processes;
    fakes::Mailbox mailbox;
    fakes::FakeWakeups wakeups;
    const Ladder ladder = fakes::debug_ladder();
    GateCore core(Ports{.ladder = &ladder,
                        .tracer = tracer,
                        .processes = processes,
                        .outbox = mailbox,
                        .wakeups = wakeups,
                        .clock = [] { return TimePoint{}; }});
    core.begin(nullptr, {});
    processes.programs[10] = "/usr/bin/train";
    std::vector<Fd> attached;
    attached.push_back(*open_path("/dev/null", O_RDONLY));
    core.receive(wire::Adopt{.owner = {1}, .pid = 10}, std::move(attached), from_ns(1));
    ASSERT_THAT(mailbox.all<wire::Adopted>(), SizeIs(1));
    EXPECT_EQ(mailbox.all<wire::Adopted>()[0].reason, "debug-suspend: there is no usable device");
    EXPECT_EQ(mailbox.all<wire::Adopted>()[0].program, "/usr/bin/train");

    processes.memories[10] = {{0x100, 3}, {0x200, 1}};
    core.receive(wire::AddQueue{{.key = {.owner = {1}, .gpu = {1}, .number = 0},
                                 .type = QueueType::compute_aql,
                                 .write_address = 0x100,
                                 .read_address = 0x200,
                                 .ring_bytes = 4096}},
                 {},
                 from_ns(2));
    core.receive(wire::TakeSamples{.serial = 1}, {}, from_ns(3));
    EXPECT_TRUE(mailbox.all<wire::Sampled>().at(0).queues.at(0).known);
}

}  // namespace
}  // namespace penstock::gate
