// SPDX-License-Identifier: Apache-2.0
//
// Stage: a ledger in a folder of its own, processes that exist only in a table, and drivers that
// write down what they were asked and what the ledger said at that moment.

#pragma once

#include <fcntl.h>

#include "agent/gate/eviction_ledger.h"
#include "base/text.h"
#include "kmod-helpers/process_evict.h"
#include "kmod-helpers/vendor_ioctl.h"
#include "tests/fakes/scratch_tree.h"
#include "tests/unit/gate/fakes.h"

namespace penstock::gate::fakes {

// "E 100 7,V 100 7 3", or "" for an empty ledger.
inline std::string lines_in(const std::string& path) {
    const std::string text = Tree("").read(path, 1024 * 1024).value_or("?");
    std::string lines;
    for (const std::string_view line : split(text, '\n')) {
        if (!trimmed(line).empty()) {
            lines.append(lines.empty() ? "" : ",").append(trimmed(line));
        }
    }
    return lines;
}

// Evicts as the driver does: by the process that opened the file, for its tracer alone, and with a
// count of which a restore takes back one.
class EvictDriver final : public kfd::EvictPort {
  public:
    struct Process {
        std::uint32_t own_pid = 0;
        bool paused = false;
        int evictions = 0;
    };

    explicit EvictDriver(const FakeTracer& tracer) : tracer_(tracer) {}

    std::map<pid_t, Process> processes{};
    std::map<pid_t, std::vector<pid_t>> openers{};  // Of the device files that a process has.
    std::string ledger{};                           // A path, to look at when something is asked.
    std::vector<std::string> happened{};
    int evict_error = 0;
    bool evicts_despite_error = false;
    int restore_error = 0;

    Result<std::vector<Fd>> files_of(const Fd& pidfd, pid_t pid) override {
        EXPECT_GE(pidfd.get(), 0);
        std::vector<Fd> files;
        for (const pid_t opener : openers[pid]) {
            files.push_back(*open_path("/dev/null", O_RDONLY));
            opener_of_[files.back().get()] = opener;
        }
        if (files.empty()) {
            return fail("process " + std::to_string(pid) + " has closed its device file");
        }
        return files;
    }

    Result<std::uint32_t> evict(const Fd& file) override {
        const pid_t pid = opener_of_.at(file.get());
        happened.push_back("evict " + std::to_string(pid) + " with " + lines_in(ledger));
        if (!tracer_.held.contains(pid)) {
            return fail(EBADF, "evict");
        }
        Process& process = processes[pid];
        if (evict_error == 0 || evicts_despite_error) {
            EXPECT_FALSE(process.paused) << "evicted twice";
            process.paused = true;
            ++process.evictions;
        }
        if (evict_error != 0) {
            return fail(evict_error, "evict");
        }
        return process.own_pid;
    }

    Result<> restore(const Fd& file) override {
        const pid_t pid = opener_of_.at(file.get());
        if (!tracer_.held.contains(pid)) {
            return fail(EBADF, "restore");
        }
        if (restore_error != 0) {
            return fail(restore_error, "restore");
        }
        Process& process = processes[pid];
        if (!process.paused) {
            return fail(EINVAL, "restore");
        }
        happened.push_back("restore " + std::to_string(pid) + " with " + lines_in(ledger));
        process.paused = false;
        --process.evictions;
        return {};
    }

  private:
    const FakeTracer& tracer_;
    std::map<int, pid_t> opener_of_;
};

class VendorDriver final : public kfd::VendorPort {
  public:
    using Queue = std::pair<std::uint32_t, std::uint32_t>;  // Of a process, by number.

    std::set<Queue> queues{};
    std::set<Queue> preempted{};
    std::string ledger{};
    std::vector<std::string> happened{};
    int preempt_error = 0;
    bool preempts_despite_error = false;
    int resume_error = 0;

    Result<> preempt(std::uint32_t pid, std::uint32_t queue) override {
        note("preempt", queue);
        if (!queues.contains({pid, queue})) {
            return fail(ENOENT, "preempt");
        }
        if (preempt_error == 0 || preempts_despite_error) {
            preempted.insert({pid, queue});
        }
        return preempt_error == 0 ? Result<>{} : fail(preempt_error, "preempt");
    }

    Result<> resume(std::uint32_t pid, std::uint32_t queue) override {
        note("resume", queue);
        if (resume_error != 0) {
            return fail(resume_error, "resume");
        }
        return preempted.erase({pid, queue}) == 0 ? fail(EINVAL, "resume") : Result<>{};
    }

  private:
    void note(const std::string& verb, std::uint32_t queue) {
        happened.push_back(verb + " " + std::to_string(queue) + " with " + lines_in(ledger));
    }
};

class Stage : public testing::Test {
  protected:
    Stage() {
        evicts.ledger = ledger_path;
        vendors.ledger = ledger_path;
    }

    // A process that has opened the device.
    Target enter(std::uint32_t pid, std::uint64_t start_ticks, std::uint32_t own_pid = 0) {
        const std::string folder = std::to_string(pid);
        const std::string own = std::to_string(own_pid == 0 ? pid : own_pid);
        std::string stat = folder + " (a (b) c) S";
        for (int field = 4; field < 22; ++field) {
            stat += " 0";
        }
        proc.write(folder + "/stat", stat + " " + std::to_string(start_ticks) + " 0\n");
        proc.write(folder + "/status",
                   "Name:\ta\nNSpid:\t" + folder + (own == folder ? "" : "\t" + own) + "\n");
        const auto named = static_cast<pid_t>(pid);
        evicts.processes[named] = {
            .own_pid = own_pid == 0 ? pid : own_pid, .paused = false, .evictions = 0};
        evicts.openers[named] = {named};
        return {.pid = pid, .pidfd = pidfd.get()};
    }

    [[nodiscard]] std::string ledger_lines() const { return lines_in(ledger_path); }

    EvictionLedger open_ledger() const {
        Result<EvictionLedger> opened = EvictionLedger::open(ledger_path);
        EXPECT_TRUE(opened) << opened.error().message();
        return std::move(*opened);
    }

    penstock::fakes::ScratchTree proc;
    penstock::fakes::ScratchTree run;
    std::string ledger_path = run.root() + "/ledger";
    Fd pidfd = *open_path("/dev/null", O_RDONLY);  // The fakes take any descriptor.

    FakeTracer tracer;
    FakeProcesses processes;
    Mailbox mailbox;
    FakeWakeups wakeups;
    Ports ports{.tracer = tracer,
                .processes = processes,
                .outbox = mailbox,
                .wakeups = wakeups,
                .clock = [] { return TimePoint{}; }};
    EvictDriver evicts{tracer};
    VendorDriver vendors;
    EvictionLedger ledger = open_ledger();
};

}  // namespace penstock::gate::fakes
