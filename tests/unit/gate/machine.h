// SPDX-License-Identifier: Apache-2.0
//
// GateOnAMachine: a gate among fakes, with two owners on device 1: `urgent` (rank 10) and `patient`
// (rank 0), each with one watched AQL queue.

#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include "agent/gate/gate_core.h"
#include "tests/unit/gate/fakes.h"

namespace penstock::gate {

class GateOnAMachine : public testing::Test {
  protected:
    static constexpr OwnerId urgent{7};
    static constexpr OwnerId patient{8};
    static constexpr std::uint32_t urgent_pid = 70;
    static constexpr std::uint32_t patient_pid = 80;
    static constexpr GpuId gpu{1};

    GateOnAMachine() {
        driver.add_queue(urgent_pid, 1);
        driver.add_queue(patient_pid, 1);
        set(urgent_pid, 1, {.written = 0, .read = 0});
        set(patient_pid, 1, {.written = 0, .read = 0});
    }

    // Both owners adopted, their queues in slots 0 and 1, and the order standing.
    void begin() {
        core.begin(&moves, {.sampling_period_ns = 1'000'000, .slot_count = 16});
        adopt(urgent, urgent_pid);
        adopt(patient, patient_pid);
        tell(wire::AddQueue{queue_of(urgent, 1, 0)});
        tell(wire::AddQueue{queue_of(patient, 1, 1)});
        tell(wire::Order{order()});
    }

    static DeviceOrder order() {
        return {.gpu = gpu,
                .owners = {{.owner = urgent, .rank = 10}, {.owner = patient, .rank = 0}}};
    }

    static wire::QueueAt queue_of(OwnerId owner,
                                  std::uint32_t number,
                                  std::uint32_t slot = wire::no_slot) {
        return {.key = {.owner = owner, .gpu = gpu, .number = number},
                .type = QueueType::compute_aql,
                .ring_address = 0x1000 + number,
                .write_address = fakes::Driver::write_address(number),
                .read_address = fakes::Driver::read_address(number),
                .ring_bytes = 64 * 64,
                .slot = slot};
    }

    void adopt(OwnerId owner, std::uint32_t pid) {
        std::vector<Fd> attached;
        attached.push_back(*open_path("/dev/null", O_RDONLY));
        core.receive(wire::Adopt{.owner = owner, .pid = pid}, std::move(attached), now);
    }

    void tell(const wire::ToGate& message) { core.receive(message, {}, now); }

    void set(std::uint32_t pid, std::uint32_t number, Pointers pointers) {
        fakes::Words& words = processes.memories[static_cast<pid_t>(pid)];
        words[fakes::Driver::write_address(number)] = pointers.written;
        words[fakes::Driver::read_address(number)] = pointers.read;
    }

    // The owner of the slot submits: its pointer moves, and BPF sees it.
    void submit(std::uint32_t pid, std::uint32_t slot, std::uint64_t written) {
        set(pid, 1, {.written = written, .read = written - 1});
        moves.waiting.push_back({.slot = slot, .written = written, .seen = now});
        core.take_moves(now);
    }

    void pass(Duration time) {
        now += time;
        core.run_due(now);
    }

    // Runs every deadline until the time has passed.
    void live(Duration time) {
        const TimePoint end = now + time;
        for (auto next = core.next_deadline(); next && *next <= end; next = core.next_deadline()) {
            now = std::max(now, *next);
            core.run_due(now);
            ASSERT_LT(++rounds, 100'000) << "the gate's alarm never rests";
        }
        now = end;
    }

    // Both have work, and so the patient one is suspended.
    void contend() {
        submit(patient_pid, 1, 1);
        submit(urgent_pid, 0, 1);
    }

    std::set<std::uint32_t>& suspended(std::uint32_t pid) {
        return driver.processes[pid].suspended;
    }

    TimePoint now = from_ns(1'000'000'000);
    int rounds = 0;
    fakes::Driver driver;
    fakes::FakeTracer tracer;
    fakes::FakeProcesses processes;
    fakes::FakeMoves moves;
    fakes::Mailbox mailbox;
    fakes::FakeWakeups wakeups;
    Ladder ladder = fakes::debug_ladder();
    GateCore core{Ports{.debug = &driver,
                        .ladder = &ladder,
                        .tracer = tracer,
                        .processes = processes,
                        .outbox = mailbox,
                        .wakeups = wakeups,
                        .clock = [this] { return now; }}};
};

}  // namespace penstock::gate
