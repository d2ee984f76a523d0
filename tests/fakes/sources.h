// SPDX-License-Identifier: Apache-2.0
//
// Sources and a machine for tests of what looks after sources.

#pragma once

#include <atomic>
#include <memory>
#include <semaphore>
#include <string>
#include <utility>

#include "agent/probes/source.h"

namespace penstock::fakes {

// A machine on which nothing is found.
class BareMachine final : public Machine {
  public:
    using Machine::read;

    Result<std::vector<std::string>> list(const std::string& path) override {
        return fail(ENOENT, "list " + path);
    }

    Result<std::string> read(const std::string& path, std::size_t /*limit*/) override {
        return fail(ENOENT, "read " + path);
    }

    Result<std::string> link(const std::string& path) override {
        return fail(ENOENT, "read the link " + path);
    }

    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
        return fail(ENOENT, "open " + path);
    }

    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> /*events*/,
                                                        int /*cpu*/) override {
        return fail(ENOENT, "open a perf counter");
    }
};

// What a scripted source is told to answer, and what happened to it. Shared with the test, because
// the source itself belongs to whom it was given.
struct Script {
    Opened answer = Available{"a fake"};
    std::atomic<bool> reads = true;  // False: the next read says that its file is gone.
    std::atomic<int> opened = 0;
    std::atomic<int> read = 0;
    std::atomic<int> followed = 0;
    std::atomic<int> left = 0;
    bool blocks = false;  // Each read waits for a turn.
    std::counting_semaphore<> turns{0};
};

class ScriptedSource final : public Source {
  public:
    ScriptedSource(std::string name, Pace pace, std::shared_ptr<Script> script)
        : name_(std::move(name)), pace_(pace), script_(std::move(script)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }

    [[nodiscard]] Pace pace() const override { return pace_; }

    Opened open(Machine& /*machine*/, const Surroundings& /*around*/, SourceId self) override {
        self_ = self;
        ++script_->opened;
        return script_->answer;
    }

    bool read(TimePoint now, Readings& into) override {
        if (script_->blocks) {
            script_->turns.acquire();
        }
        ++script_->read;
        if (!script_->reads) {
            return false;
        }
        into.levels.push_back(
            {.subject = {.quantity = Quantity::temperature, .source = self_},
             .by = {.origin = "a fake", .taken = now, .valid_for = std::chrono::seconds(1)},
             .value = 20.0});
        return true;
    }

    void follow(const Client& /*client*/) override { ++script_->followed; }

    void leave(OwnerId /*owner*/) override { ++script_->left; }

  private:
    std::string name_;
    Pace pace_;
    std::shared_ptr<Script> script_;
    SourceId self_{};
};

}  // namespace penstock::fakes
