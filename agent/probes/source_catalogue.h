// SPDX-License-Identifier: Apache-2.0
//
// Catalogue: every source that there is, in order of preference. Of two that measure the same
// quantity of the same place, the earlier one counts.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "agent/probes/source.h"

namespace penstock {

// What an administrator chooses of sources.
struct SourceSettings {
    bool pcm = false;  // Intel PCM may be started, which programs counters that perf shares.
    // A monitoring group of resctrl may be made for each process with queues.
    bool resctrl_groups = false;
    std::string calibration_file{};                   // What calibration measured; "" for nothing.
    std::optional<BytesPerSecond> configured_peak{};  // Of each memory node.
    Duration period{std::chrono::milliseconds(10)};   // Of counters that cost nothing to read.
};

struct SourceEntry {
    std::string_view kind;
    std::string_view measures;  // One sentence.
    // Exactly one of the two: for the machine, or for each of its devices.
    std::unique_ptr<Source> (*make)(const SourceSettings& settings);
    std::unique_ptr<Source> (*make_for)(const SourceSettings& settings, const DevicePlace& device);
};

[[nodiscard]] std::span<const SourceEntry> source_catalogue();

// One of each kind, and of those that are made for devices, one for each device.
[[nodiscard]] std::vector<NumberedSource> make_sources(const SourceSettings& settings,
                                                       const Surroundings& around);

}  // namespace penstock
