// SPDX-License-Identifier: Apache-2.0
//
// Recording line: what one line of a recording says, understood and checked.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/probes/machine.h"

namespace penstock::recording {

// The first line.
struct Head {
    double started = 0;      // Seconds since 1970, UTC, at...
    TimePoint started_at{};  // ...this time of the recorded machine's monotonic clock.
    Duration period{std::chrono::milliseconds(10)};  // SourceSettings::period of that run.
    bool emulated = false;                           // The files are an emulator's.
};

struct Tick {
    TimePoint now{};
};

struct ListAnswer {
    std::string path{};
    Result<std::vector<std::string>> names{};
};

struct FileAnswer {
    std::string path{};
    Result<std::string> content{};
    bool opened = false;  // The failure is that of reading a file that could be opened.
};

struct LinkAnswer {
    std::string path{};
    Result<std::string> target{};
};

struct CountersAnswer {
    std::vector<PerfEvent> events{};
    int cpu = 0;
    Result<std::uint64_t> group{};  // Its number, by which its counts are told.
};

struct CountsAnswer {
    std::uint64_t group = 0;
    std::expected<GroupCounts, int> counts{};
};

using Line =
    std::variant<Head, Tick, ListAnswer, FileAnswer, LinkAnswer, CountersAnswer, CountsAnswer>;

// The failure says what is wrong with the line. Whether it makes sense behind those before it is
// for the reader of the whole to judge.
[[nodiscard]] Result<Line> parse_line(std::string_view line);

}  // namespace penstock::recording
