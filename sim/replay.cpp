// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>

#include "policies/catalogue.h"
#include "sim/playback.h"
#include "sim/snapshot_line.h"
#include "sim/summary.h"
#include "sim/verbs.h"

namespace penstock::sim {
namespace {

Result<std::unique_ptr<std::istream>> opened(const std::string& file) {
    if (file == "-") {
        return std::make_unique<std::istream>(std::cin.rdbuf());
    }
    auto text = std::make_unique<std::ifstream>(file, std::ios::binary);
    if (!*text) {
        return fail(errno, "open " + file);
    }
    return text;
}

// Prints a line for the first tick, and then for those that come an interval later.
class Lines {
  public:
    explicit Lines(std::optional<Duration> interval) : interval_(interval) {}

    void print(const Snapshot& seen, double time) {
        if (seen.now >= due_) {
            due_ = seen.now + interval_.value_or(Duration{});
            fmt::print("{}", snapshot_line(seen, time));
        }
    }

  private:
    std::optional<Duration> interval_;
    TimePoint due_{};
};

}  // namespace

Result<> run(const Replay& verb) {
    Result<std::unique_ptr<Policy>> policy = make_policy(verb.policy);
    if (!policy) {
        return std::unexpected(std::move(policy).error());
    }
    Result<std::unique_ptr<std::istream>> text = opened(verb.file);
    if (!text) {
        return std::unexpected(std::move(text).error());
    }
    const auto machine = RecordedMachine::open(std::move(*text));
    if (!machine) {
        return std::unexpected(machine.error());
    }
    Lines lines(verb.interval);
    Summary summary;
    Playback playback(**machine, std::move(*policy), [&](const Snapshot& seen, double time) {
        if (verb.json) {
            lines.print(seen, time);
        } else {
            summary.add(seen);
        }
    });
    Result<> played = playback.run();
    if (!verb.json) {
        fmt::print("{}", summary.text());
    }
    return played;
}

}  // namespace penstock::sim
