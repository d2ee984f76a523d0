// SPDX-License-Identifier: Apache-2.0
//
// fdinfo: what a DRM driver says of one client in /proc/PID/fdinfo/N, in the keys that are common
// to all drivers (drm-usage-stats of the kernel's documentation).
//
// The engines' times are of work that went through DRM. What KFD's user-mode queues run is not in
// them, and amdgpu leaves an engine out that has not run anything.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/probes/decode/decoded_field.h"
#include "base/result.h"

namespace penstock {

struct DrmClient {
    std::string_view device{};  // "0000:03:00.0", in the text that was decoded.
    std::uint64_t id = 0;       // One client may have several descriptors, and processes.
    std::optional<std::uint64_t> engine_ns{};   // Summed over the engines.
    std::optional<std::uint64_t> vram_bytes{};  // Resident.
    std::optional<std::uint64_t> gtt_bytes{};
};

// Longer than any driver writes: 40 lines of 60.
inline constexpr std::size_t longest_fdinfo = 8192;

// Nothing for files that are not of a DRM device, or do not say whose they are. Allocates nothing.
[[nodiscard]] std::optional<DrmClient> decode_drm_client(std::string_view text);

[[nodiscard]] Result<std::vector<DecodedField>> decode_fdinfo_fields(std::string_view text);

}  // namespace penstock
