// SPDX-License-Identifier: Apache-2.0
//
// Recorded machine: gives the answers of a recording again.
//
// Within a tick it gives what was recorded in that tick, in that order for each question; beyond
// that the last answer, and ENOENT where nothing was ever recorded. The recording comes from
// strangers: it is read line by line and within the limits of recording_limits.h.

#pragma once

#include <istream>
#include <memory>
#include <optional>

#include "agent/probes/machine.h"
#include "agent/probes/recording/answers.h"
#include "agent/probes/recording/recording_line.h"

namespace penstock {

class RecordedMachine final : public Machine {
  public:
    // Reads what lies before the first tick. A failure here and in advance() names the line.
    static Result<std::unique_ptr<RecordedMachine>> open(std::unique_ptr<std::istream> text);

    [[nodiscard]] const recording::Head& head() const { return head_; }

    // Goes on to the next tick and returns its time; nothing at the end of the recording.
    Result<std::optional<TimePoint>> advance();

    using Machine::read;
    Result<std::vector<std::string>> list(const std::string& path) override;
    Result<std::string> read(const std::string& path, std::size_t limit) override;
    Result<std::string> link(const std::string& path) override;
    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override;
    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> events,
                                                        int cpu) override;

  private:
    explicit RecordedMachine(std::unique_ptr<std::istream> text);

    // Nothing at the end.
    Result<std::optional<recording::Line>> next_line();
    Result<> read_head();
    Result<> read_answers();  // Up to the next tick.
    Result<> take(const recording::Head& head);
    Result<> take(const recording::Tick& tick);

    Result<> take(auto answer) { return answers_.add(std::move(answer)); }

    [[nodiscard]] std::unexpected<Error> at_line(std::string sentence) const;

    std::unique_ptr<std::istream> text_;
    std::vector<char> line_;
    std::uint64_t number_ = 0;  // Of the last line read.
    std::uint64_t bytes_ = 0;
    recording::Head head_{};
    recording::Answers answers_{};
    std::optional<TimePoint> last_tick_{};
    std::optional<TimePoint> next_tick_{};  // Read already; nothing at the end.
};

}  // namespace penstock
