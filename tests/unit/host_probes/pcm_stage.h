// SPDX-License-Identifier: Apache-2.0
//
// PCM on a stage: a child whose output the test writes, and a machine that opens counters or not.

#pragma once

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "agent/probes/pcm/child_program.h"
#include "tests/unit/host_probes/stage.h"

namespace penstock::fakes {

// What the child will say, and what has been done to it.
struct ChildScript {
    std::string output{};
    bool ended = false;  // After its output.
    std::string complaint{};
    int refusal = 0;  // An errno for the next start.
    int starts = 0;
    int ends = 0;
    ChildCommand command{};
};

class ScriptedChild final : public ChildProgram {
  public:
    explicit ScriptedChild(ChildScript& script) : script_(script) {}

    ScriptedChild(const ScriptedChild&) = delete;
    ScriptedChild& operator=(const ScriptedChild&) = delete;

    ~ScriptedChild() override { ++script_.ends; }

    std::expected<std::size_t, int> read(std::span<char> into) override {
        const std::size_t length = std::min(into.size(), script_.output.size());
        if (length == 0 && !script_.ended) {
            return std::unexpected(EAGAIN);
        }
        std::copy_n(script_.output.begin(), length, into.begin());
        script_.output.erase(0, length);
        return length;
    }

    std::string complaint() override { return script_.complaint; }

  private:
    ChildScript& script_;
};

class ScriptedLauncher final : public ChildLauncher {
  public:
    explicit ScriptedLauncher(ChildScript& script) : script_(script) {}

    Result<std::unique_ptr<ChildProgram>> start(const ChildCommand& command) override {
        if (script_.refusal != 0) {
            return fail(script_.refusal, "start " + command.program);
        }
        ++script_.starts;
        script_.command = command;
        return std::make_unique<ScriptedChild>(script_);
    }

  private:
    ChildScript& script_;
};

// Counts nothing, but lets perf be opened, or refuses it.
class CountingMachine final : public Machine {
  public:
    CountingMachine(Machine& files, int refusal) : files_(files), refusal_(refusal) {}

    using Machine::read;

    Result<std::vector<std::string>> list(const std::string& path) override {
        return files_.list(path);
    }

    Result<std::string> read(const std::string& path, std::size_t limit) override {
        return files_.read(path, limit);
    }

    Result<std::string> link(const std::string& path) override { return files_.link(path); }

    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
        return files_.open(path);
    }

    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> /*events*/,
                                                        int /*cpu*/) override {
        if (refusal_ != 0) {
            return fail(refusal_, "open a perf counter");
        }
        return std::unique_ptr<CounterGroup>();
    }

  private:
    Machine& files_;
    int refusal_;
};

}  // namespace penstock::fakes
