// SPDX-License-Identifier: Apache-2.0
//
// PCIe: what a link can move, from the texts that the kernel gives for its speed and width, and
// what old AMD devices counted on it (amdgpu's pcie_bw).

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/probes/decode/decoded_field.h"
#include "base/result.h"

namespace penstock {

// Bytes per second that one lane carries in one direction, headers of packets included, from
// current_link_speed ("16.0 GT/s PCIe"). What the line's own code takes is left out: a fifth up to
// 5 GT/s, 2 of 130 bits up to 32, and from 64 on 20 of the 256 bytes of each flit.
[[nodiscard]] std::optional<double> decode_lane_rate(std::string_view text);

// The same from transfers per second.
[[nodiscard]] std::optional<double> lane_rate(double transfers_per_second);

// Lanes, from current_link_width. Nothing for no link (0) and for one that can not be.
[[nodiscard]] std::optional<std::uint32_t> decode_link_width(std::string_view text);
[[nodiscard]] std::optional<std::uint32_t> link_width(double lanes);

// Packets over one second, as the device counts them, and the largest payload of one. How full they
// were is not known: packets times payload is the most that there can have been.
struct PcieCounts {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    std::uint32_t payload_bytes = 0;

    [[nodiscard]] double received_at_most() const;  // Bytes per second.
    [[nodiscard]] double sent_at_most() const;
};

enum class PcieFault : std::uint8_t {
    nothing,    // The file is empty, or all NULs: the device does not count.
    no_counts,  // Not three numbers.
    absurd,     // More than any link can carry, or a payload that PCIe does not have.
};

// A literal.
[[nodiscard]] std::string_view sentence(PcieFault fault);

// The text of pcie_bw: "11886 2528 256". Allocates nothing.
[[nodiscard]] std::expected<PcieCounts, PcieFault> decode_pcie_counts(std::string_view text);

[[nodiscard]] Result<std::vector<DecodedField>> decode_pcie_bw_fields(std::string_view text);

}  // namespace penstock
