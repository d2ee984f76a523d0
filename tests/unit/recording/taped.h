// SPDX-License-Identifier: Apache-2.0
//
// Taped: a recording in memory, being written and then played.

#pragma once

#include <gtest/gtest.h>

#include <sstream>

#include "agent/probes/recording/recorded_machine.h"
#include "agent/probes/recording/recording_machine.h"
#include "tests/unit/recording/paper_machine.h"

namespace penstock::test {

// A machine of paper whose answers are written down.
class Tape {
  public:
    PaperMachine paper{};

    void tick(std::int64_t ns) { EXPECT_TRUE(writer_.tick(from_ns(ns))); }

    RecordingMachine& machine() { return machine_; }

    recording::RecordingWriter& writer() { return writer_; }

    [[nodiscard]] std::string text() {
        EXPECT_TRUE(writer_.finish());
        return text_;
    }

    // The lines behind the first one.
    [[nodiscard]] std::string answers() {
        const std::string whole = text();
        return whole.substr(whole.find('\n') + 1);
    }

    [[nodiscard]] std::unique_ptr<RecordedMachine> play() {
        auto played = RecordedMachine::open(std::make_unique<std::istringstream>(text()));
        EXPECT_TRUE(played) << played.error().message();
        return std::move(*played);
    }

  private:
    std::string text_;
    recording::RecordingWriter writer_{[this](std::string_view lines) {
                                           text_ += lines;
                                           return Result<>{};
                                       },
                                       {.started = 1'700'000'000.5, .started_at = from_ns(5)},
                                       "a test"};
    RecordingMachine machine_{paper, writer_};
};

// What a file that stays open says now.
inline std::string said_by(OpenFile& file) {
    std::array<char, 256> into{};
    const auto length = file.read(into);
    return length ? std::string(into.data(), *length) : "errno " + std::to_string(length.error());
}

inline const std::string head_line =
    R"({"penstock_recording":1,"program":"a test","started":1.5,"started_at_ns":5,)"
    R"("period_ns":10000000,"emulated":false})"
    "\n";

}  // namespace penstock::test
