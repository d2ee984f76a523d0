// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "policies/catalogue.h"
#include "sim/playback.h"
#include "sim/record/decision_replay.h"
#include "sim/record/record_text.h"
#include "sim/snapshot_line.h"
#include "sim/summary.h"
#include "sim/verbs.h"

namespace penstock::sim {
namespace {

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

Result<> replay_measurements(const Replay& verb, std::unique_ptr<std::istream> text) {
    Result<std::unique_ptr<Policy>> policy =
        make_policy(verb.policy.value_or("fixed-priority"), verb.settings);
    if (!policy) {
        return std::unexpected(std::move(policy).error());
    }
    const auto machine = RecordedMachine::open(std::move(text));
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

// What came before a failure is told.
Result<> replay_record(const Replay& verb, std::unique_ptr<std::istream> text) {
    Result<decisions::DecisionReader> record = decisions::DecisionReader::open(std::move(text));
    if (!record) {
        return std::unexpected(std::move(record).error());
    }
    std::optional<Decider> decider;
    if (verb.policy) {
        decider = Decider{.policy = *verb.policy, .settings = verb.settings};
    }
    ReplayFigures figures;
    Result<> replayed = replay_decisions(*record, decider, figures);
    fmt::print("{}", verb.json ? replay_json(figures, decider) : replay_text(figures, decider));
    if (replayed && !decider && figures.differences > 0) {
        return fail(fmt::format("the recorded policy decides otherwise at {} of {} ticks",
                                figures.differences,
                                figures.ticks));
    }
    return replayed;
}

}  // namespace

Result<> run(const Replay& verb) {
    Result<RecordText> record = open_record(verb.file);
    if (!record) {
        return std::unexpected(std::move(record).error());
    }
    return record->of_decisions ? replay_record(verb, std::move(record->text))
                                : replay_measurements(verb, std::move(record->text));
}

}  // namespace penstock::sim
