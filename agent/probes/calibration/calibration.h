// SPDX-License-Identifier: Apache-2.0
//
// Calibration: what was measured of this machine's memory once, for the agent to use ever after.
//
// The peak is what streaming really reached, never a data sheet's figure: a share of what can never
// be reached would stay below every threshold. The canary is a probe of the memory's answering time
// where no counter exists; it counts only where the calibration showed that it sees a load.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probes/calibration/statistics.h"
#include "base/units.h"

namespace penstock::calibration {

// A copy reads as many bytes as it writes, and its rate counts both.
enum class StreamKind : std::uint8_t { read, write, copy };

// "streaming reads".
[[nodiscard]] std::string_view text_of(StreamKind kind);

// What so many cores of a node moved together.
struct PeakRow {
    std::uint32_t node = 0;
    std::uint32_t cores = 0;
    BytesPerSecond read{};
    BytesPerSecond write{};
    BytesPerSecond copy{};
    bool operator==(const PeakRow&) const = default;
};

[[nodiscard]] BytesPerSecond rate_of(const PeakRow& row, StreamKind kind);

// The best of a node.
struct Peak {
    BytesPerSecond rate{};
    StreamKind kind{};
    std::uint32_t cores = 0;
};

// How long a line of 64 bytes took, and what a load changed of it.
struct SignalFigures {
    double alone_ns = 0;
    double loaded_ns = 0;
    double change = 0;    // Paired: the median over the rounds, 0.15 for 15 %.
    Interval interval{};  // Of the change, 95 %.
    double auc = 0.5;     // Of single probes.
    bool operator==(const SignalFigures&) const = default;
};

// The two things a probe does: follow pointers through memory, and read it in a row.
enum class Signal : std::uint8_t { chase, read };

struct CanaryTrial {
    Duration period{};  // A colder probe is a slower one: it holds for this cadence only.
    std::uint64_t buffer_bytes = 0;
    std::uint32_t alone = 0;  // Probes that counted, by what they were up against.
    std::uint32_t loaded = 0;
    std::uint32_t discarded = 0;  // Others ran on their processor.
    SignalFigures chase{};
    SignalFigures read{};
    bool operator==(const CanaryTrial&) const = default;
};

[[nodiscard]] const SignalFigures& figures_of(const CanaryTrial& trial, Signal signal);

struct Calibration {
    std::string date{};    // "2026-11-28T12:34:56Z".
    std::string kernel{};  // Its release.
    std::string method{};
    std::uint32_t processors = 0;  // Of the machine, by which another one is recognised,
    std::uint64_t cache_bytes =
        0;  // as by the last cache of processor 0; 0 where sysfs does not tell.
    std::uint64_t buffer_bytes = 0;
    double others = 0;  // The share of the processors that other programs used meanwhile, 0..1.
    std::vector<PeakRow> peaks{};
    std::optional<CanaryTrial> canary{};
    std::string no_canary_because{};  // A sentence, when there was no trial.
    bool operator==(const Calibration&) const = default;
};

// Nothing for a node that was not measured.
[[nodiscard]] std::optional<Peak> best_peak(const Calibration& calibration, std::uint32_t node);

// The nodes that were measured, in their order.
[[nodiscard]] std::vector<std::uint32_t> nodes_of(const Calibration& calibration);

}  // namespace penstock::calibration
