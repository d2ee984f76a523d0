// SPDX-License-Identifier: Apache-2.0
//
// Fakes behind the gate's ports: a driver that suspends nothing but remembers who is suspended, a
// tracer, memories that are plain tables, and an agent that only listens.

#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <vector>

#include "agent/gate/debug_rung.h"
#include "agent/gate/pointer_moves.h"
#include "agent/gate/ports.h"

namespace penstock::gate::fakes {

inline Ladder debug_ladder() {
    Ladder ladder;
    ladder.add(PreemptionLevel::debug_suspend, &DebugRung::make);
    return ladder;
}

class Driver final : public kfd::DebugPort {
  public:
    struct Process {
        kfd::RuntimeState runtime = kfd::RuntimeState::enabled;
        std::vector<kfd::QueueSnapshotEntry> queues{};
        std::set<std::uint32_t> new_queues{};  // Not suspended before a snapshot has shown them.
        std::set<std::uint32_t> suspended{};
        std::vector<kfd::DebugEvent> events{};
        bool enabled = false;
        Fd event_pipe{};  // While enabled.
        int runtime_answers = 0;
    };

    std::map<std::uint32_t, Process> processes{};
    int suspend_error = 0;
    int resume_error = 0;
    int enable_error = 0;
    bool obeys_detached = false;
    bool hardware_fails = false;
    int calls = 0;  // Of suspend and resume.

    void add_queue(std::uint32_t pid, std::uint32_t number, std::uint32_t gpu = 1) {
        processes[pid].queues.push_back({.ring_base_address = 0x1000 + number,
                                         .write_pointer_address = write_address(number),
                                         .read_pointer_address = read_address(number),
                                         .queue_id = number,
                                         .gpu_id = gpu,
                                         .ring_size = 64 * 64,
                                         .queue_type = kfd::queue_type_compute_aql});
    }

    static std::uint64_t write_address(std::uint32_t number) {
        return 0x10'0000 + (number * 0x100);
    }

    static std::uint64_t read_address(std::uint32_t number) { return write_address(number) + 0x48; }

    Result<kfd::RuntimeState> enable(std::uint32_t pid, int event_pipe) override {
        if (enable_error != 0) {
            return fail(enable_error, "enable");
        }
        processes[pid].event_pipe = Fd(::fcntl(event_pipe, F_DUPFD_CLOEXEC, 0));
        EXPECT_GE(processes[pid].event_pipe.get(), 0);
        processes[pid].enabled = true;
        return processes[pid].runtime;
    }

    Result<> disable(std::uint32_t pid) override {
        processes[pid].enabled = false;
        processes[pid].event_pipe.reset();
        processes[pid].suspended.clear();
        return {};
    }

    Result<> answer_runtime(std::uint32_t pid) override {
        ++processes[pid].runtime_answers;
        return {};
    }

    Result<kfd::Reach> suspend(std::uint32_t pid, std::span<std::uint32_t> queues) override {
        ++calls;
        if (suspend_error != 0) {
            return fail(suspend_error, "suspend");
        }
        Process& process = processes[pid];
        for (std::uint32_t& queue : queues) {
            const bool there =
                std::ranges::find(process.queues, queue, &kfd::QueueSnapshotEntry::queue_id) !=
                process.queues.end();
            if (!there || process.new_queues.contains(queue)) {
                queue |= kfd::queue_invalid_bit;
            } else {
                // As the driver: in its books the queue is suspended even if the hardware failed.
                process.suspended.insert(queue);
                queue |= hardware_fails ? kfd::queue_error_bit : 0;
            }
        }
        return kfd::reach_of(queues);
    }

    Result<kfd::Reach> resume(std::uint32_t pid, std::span<std::uint32_t> queues) override {
        ++calls;
        if (resume_error != 0) {
            return fail(resume_error, "resume");
        }
        for (std::uint32_t& queue : queues) {
            if (processes[pid].suspended.erase(queue) == 0) {
                queue |= kfd::queue_invalid_bit;
            }
        }
        return kfd::reach_of(queues);
    }

    Result<std::optional<kfd::DebugEvent>> next_event(std::uint32_t pid) override {
        std::vector<kfd::DebugEvent>& events = processes[pid].events;
        if (events.empty()) {
            return std::nullopt;
        }
        const kfd::DebugEvent first = events.front();
        events.erase(events.begin());
        return first;
    }

    bool obeys_untraced(std::uint32_t /*pid*/) override { return obeys_detached; }

    Result<std::vector<kfd::QueueSnapshotEntry>> snapshot(std::uint32_t pid) override {
        processes[pid].new_queues.clear();
        return processes[pid].queues;
    }
};

class FakeTracer final : public Tracer {
  public:
    std::set<pid_t> held{};
    std::vector<pid_t> ended{};
    std::string refusal{};

    Result<> seize(pid_t pid) override {
        if (!refusal.empty()) {
            return fail(refusal);
        }
        held.insert(pid);
        return {};
    }

    Result<> seize_briefly(pid_t /*pid*/, const std::function<Result<>()>& work) override {
        return refusal.empty() ? work() : Result<>(fail(refusal));
    }

    void release(pid_t pid) override { held.erase(pid); }

    std::vector<pid_t> attend() override { return std::exchange(ended, {}); }
};

using Words = std::map<std::uint64_t, std::uint64_t>;

class TableMemory final : public OwnerMemory {
  public:
    explicit TableMemory(const Words& words) : words_(words) {}

    std::optional<Pointers> pointers(std::uint64_t write_address,
                                     std::uint64_t read_address) override {
        const auto written = words_.find(write_address);
        const auto read = words_.find(read_address);
        if (written == words_.end() || read == words_.end()) {
            return std::nullopt;
        }
        return Pointers{.written = written->second, .read = read->second};
    }

  private:
    const Words& words_;
};

class FakeProcesses final : public Processes {
  public:
    std::map<pid_t, Words> memories{};
    std::set<pid_t> dead{};
    std::map<pid_t, std::string> programs{};

    Result<> check(int pidfd, pid_t pid) override {
        if (pidfd < 0 || dead.contains(pid)) {
            return fail("process " + std::to_string(pid) + " has ended");
        }
        return {};
    }

    Result<std::unique_ptr<OwnerMemory>> memory_of(pid_t pid) override {
        return std::make_unique<TableMemory>(memories[pid]);
    }

    std::string program_of(int /*pidfd*/, pid_t pid) override { return programs[pid]; }
};

class FakeMoves final : public PointerMoves {
  public:
    std::vector<PointerMove> waiting{};
    std::set<std::uint32_t> armed{};

    [[nodiscard]] int fd() const override { return 1000; }

    std::size_t take(std::span<PointerMove> into) override {
        const std::size_t count = std::min(into.size(), waiting.size());
        std::copy_n(waiting.begin(), count, into.begin());
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
        return count;
    }

    void arm(std::uint32_t slot) override { armed.insert(slot); }
};

class Mailbox final : public Outbox {
  public:
    std::vector<wire::FromGate> letters{};

    void report(const wire::FromGate& message) override { letters.push_back(message); }

    template <typename T>
    [[nodiscard]] std::vector<T> all() const {
        std::vector<T> found;
        for (const wire::FromGate& letter : letters) {
            if (const T* one = std::get_if<T>(&letter)) {
                found.push_back(*one);
            }
        }
        return found;
    }
};

class FakeWakeups final : public Wakeups {
  public:
    std::vector<int> watched{};

    void watch(int fd) override { watched.push_back(fd); }
};

}  // namespace penstock::gate::fakes
