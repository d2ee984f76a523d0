// SPDX-License-Identifier: Apache-2.0
//
// Recording writer: makes lines of a machine's answers, tick after tick.
//
// An answer that equals the one before to the same question is left out, because a replay holds the
// last one. Only when another answer follows within the same tick are those left out in it made up
// for, so that a replay gives every answer as often as the machine did.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probes/machine.h"
#include "agent/probes/recording/recording_line.h"

namespace penstock::recording {

class RecordingWriter {
  public:
    // Takes some whole lines; a failure ends the recording.
    using Sink = std::function<Result<>(std::string_view lines)>;

    RecordingWriter(Sink sink, const Head& head, std::string_view program);

    // Passes on what came before, and begins the next tick. Fails from the first failure of the
    // sink on, and when the recording is as long as one may be.
    Result<> tick(TimePoint now);

    // Passes on the rest.
    Result<> finish();

    void file(const std::string& path, const Result<std::string_view>& content, bool opened);
    void list(const std::string& path, const Result<std::vector<std::string>>& names);
    void link(const std::string& path, const Result<std::string>& target);

    // `group` is the number that counts() will name, or why there are no counters.
    void counters(std::span<const PerfEvent> events, int cpu, const Result<std::uint64_t>& group);
    void counts(std::uint64_t group, const std::expected<GroupCounts, int>& counts);

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

    [[nodiscard]] std::uint64_t ticks() const { return ticks_; }

  private:
    struct Told {
        std::string line{};
        std::uint64_t tick = 0;    // In which it was last given.
        std::size_t withheld = 0;  // How often it was left out in that tick.
    };

    void answer(const std::string& question, const nlohmann::ordered_json& line);
    void put(std::string_view line);
    Result<> pass_on();

    Sink sink_;
    std::string waiting_{};
    std::map<std::string, Told> told_{};
    std::uint64_t bytes_ = 0;
    std::uint64_t ticks_ = 0;
    Result<> state_{};
};

}  // namespace penstock::recording
