// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/decode/pcie.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>

#include "base/text.h"

namespace penstock {
namespace {

struct Generation {
    std::uint32_t tenths = 0;  // Of GT/s.
    double code_rate = 1;      // Bits of packets in one bit on the line.
};

constexpr double with_8b_10b = 8.0 / 10;
constexpr double with_128b_130b = 128.0 / 130;
constexpr double with_flits = 236.0 / 256;

constexpr std::array generations{
    Generation{25, with_8b_10b},
    Generation{50, with_8b_10b},
    Generation{80, with_128b_130b},
    Generation{160, with_128b_130b},
    Generation{320, with_128b_130b},
    Generation{640, with_flits},
};

constexpr std::array<std::uint32_t, 7> widths{1, 2, 4, 8, 12, 16, 32};

std::optional<double> rate_of(std::uint32_t tenths) {
    const auto found = std::ranges::find(generations, tenths, &Generation::tenths);
    if (found == generations.end()) {
        return std::nullopt;
    }
    constexpr double tenth_gigatransfer = 1e8;
    constexpr double bits_in_byte = 8;
    return found->tenths * tenth_gigatransfer * found->code_rate / bits_in_byte;
}

// "16.0" and "16" are 160.
std::optional<std::uint32_t> tenths_of(std::string_view text) {
    const std::size_t point = text.find('.');
    const auto whole = parse_number<std::uint32_t>(text.substr(0, point));
    constexpr std::uint32_t fastest = 1000;
    if (!whole || *whole > fastest) {
        return std::nullopt;
    }
    if (point == std::string_view::npos) {
        return *whole * 10;
    }
    const auto tenths = parse_number<std::uint32_t>(text.substr(point + 1));
    return tenths && *tenths < 10 ? std::optional(*whole * 10 + *tenths) : std::nullopt;
}

std::string_view first_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

bool may_be_payload(std::uint32_t bytes) {
    constexpr std::uint32_t smallest = 128;
    constexpr std::uint32_t largest = 4096;
    return std::has_single_bit(bytes) && bytes >= smallest && bytes <= largest;
}

}  // namespace

std::optional<double> decode_lane_rate(std::string_view text) {
    text = trimmed(text);
    const auto tenths = tenths_of(first_word(text));
    return tenths && text.starts_with("GT/s") ? rate_of(*tenths) : std::nullopt;
}

std::optional<double> lane_rate(double transfers_per_second) {
    constexpr double tenth_gigatransfer = 1e8;
    const double tenths = transfers_per_second / tenth_gigatransfer;
    constexpr double fastest = 10'000;
    if (!(tenths >= 0 && tenths <= fastest)) {
        return std::nullopt;
    }
    return rate_of(static_cast<std::uint32_t>(std::lround(tenths)));
}

std::optional<std::uint32_t> decode_link_width(std::string_view text) {
    const auto lanes = parse_number<std::uint32_t>(trimmed(text));
    return lanes ? link_width(*lanes) : std::nullopt;
}

std::optional<std::uint32_t> link_width(double lanes) {
    const auto found = std::ranges::find_if(
        widths, [&](std::uint32_t each) { return static_cast<double>(each) == lanes; });
    return found != widths.end() ? std::optional(*found) : std::nullopt;
}

double PcieCounts::received_at_most() const {
    return static_cast<double>(received) * payload_bytes;
}

double PcieCounts::sent_at_most() const {
    return static_cast<double>(sent) * payload_bytes;
}

std::string_view sentence(PcieFault fault) {
    switch (fault) {
        case PcieFault::nothing:
            return "pcie_bw is empty: this device does not count its packets";
        case PcieFault::no_counts:
            return "pcie_bw does not hold two counts and a payload";
        case PcieFault::absurd:
            return "pcie_bw claims more than a PCIe link can carry";
    }
    return "";
}

std::expected<PcieCounts, PcieFault> decode_pcie_counts(std::string_view text) {
    text = trimmed(text);
    if (text.find_first_not_of('\0') == std::string_view::npos) {
        return std::unexpected(PcieFault::nothing);
    }
    const auto received = parse_number<std::uint64_t>(first_word(text));
    const auto sent = parse_number<std::uint64_t>(first_word(text));
    const auto payload = parse_number<std::uint32_t>(text);
    if (!received || !sent || !payload) {
        return std::unexpected(PcieFault::no_counts);
    }
    // 32 lanes of 64 GT/s carry 2.4e11 bytes in a second.
    constexpr std::uint64_t most_bytes = 300'000'000'000;
    if (!may_be_payload(*payload) || *received > most_bytes / *payload ||
        *sent > most_bytes / *payload) {
        return std::unexpected(PcieFault::absurd);
    }
    return PcieCounts{.received = *received, .sent = *sent, .payload_bytes = *payload};
}

Result<std::vector<DecodedField>> decode_pcie_bw_fields(std::string_view text) {
    const auto counts = decode_pcie_counts(text);
    if (!counts) {
        return fail(std::string(sentence(counts.error())));
    }
    return std::vector<DecodedField>{
        {.name = "received_packets", .unit = "1", .value = static_cast<double>(counts->received)},
        {.name = "sent_packets", .unit = "1", .value = static_cast<double>(counts->sent)},
        {.name = "largest_payload",
         .unit = "B",
         .value = static_cast<double>(counts->payload_bytes)},
        {.name = "received_at_most",
         .unit = "B/s",
         .value = static_cast<double>(counts->received_at_most())},
        {.name = "sent_at_most",
         .unit = "B/s",
         .value = static_cast<double>(counts->sent_at_most())},
    };
}

}  // namespace penstock
