// SPDX-License-Identifier: Apache-2.0
//
// gpu_metrics: DRAM traffic as the firmware of an AMD APU measures it.
//
// Format v3.0 (Strix Point and Halo) carries average_dram_reads and average_dram_writes, in MB/s
// (10^6), at bytes 94 and 96 of Linux 6.12's struct gpu_metrics_v3_0. No other format has DRAM
// traffic.

#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace penstock {

struct DramTraffic {
    std::optional<BytesPerSecond> read{};
    std::optional<BytesPerSecond> written{};
};

// The reason why the file says nothing of DRAM: wrong size, other format, cut short.
[[nodiscard]] Result<DramTraffic> decode_dram_traffic(std::string_view file);

}  // namespace penstock
