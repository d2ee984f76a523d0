// SPDX-License-Identifier: Apache-2.0
//
// gpu_metrics: DRAM traffic as the firmware of an AMD APU measures it.
//
// Format v3.0 (Strix Point and Halo) carries average_dram_reads and average_dram_writes, in MB/s
// (10^6), at bytes 94 and 96 of Linux 6.12's struct gpu_metrics_v3_0. No other format has DRAM
// traffic.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/state/readings.h"
#include "base/fd.h"
#include "base/tree.h"

namespace penstock {

struct DramTraffic {
    std::optional<BytesPerSecond> read{};
    std::optional<BytesPerSecond> written{};
};

// The reason why the file says nothing of DRAM: wrong size, other format, cut short.
[[nodiscard]] Result<DramTraffic> decode_dram_traffic(std::string_view file);

// One APU's file, read again at every tick.
class GpuMetricsProbe {
  public:
    // `file` is relative to the tree: "class/drm/renderD128/device/gpu_metrics".
    GpuMetricsProbe(Tree sysfs, std::string file, std::uint32_t memory_node, bool emulated)
        : sysfs_(std::move(sysfs)),
          file_(std::move(file)),
          node_(memory_node),
          emulated_(emulated) {}

    // Whether this device has an APU's file at all.
    [[nodiscard]] bool has_dram_traffic();

    // Never fails: what could not be read is unknown, with the reason as its source.
    [[nodiscard]] MemoryReading read(TimePoint now);

  private:
    Result<DramTraffic> traffic();

    // Kept open between ticks: opening costs several times as much as reading.
    Fd open_file_{};
    Tree sysfs_;
    std::string file_;
    std::uint32_t node_;
    bool emulated_;  // Every figure from the emulator says so.
};

}  // namespace penstock
