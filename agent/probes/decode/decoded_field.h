// SPDX-License-Identifier: Apache-2.0
//
// Decoded field: one value of a file from the kernel, under the kernel's own name.
//
// What decoders make for people, who want to see everything that a file says and not only what
// Penstock uses of it.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace penstock {

using DecodedValue = std::variant<double, std::int64_t, std::uint64_t, std::string>;

struct DecodedField {
    std::string name{};
    std::string unit{};  // In SI base units; "1" for a ratio or a count, "" for bits and texts.
    // Nothing when the file says that it is unknown.
    std::optional<DecodedValue> value{};
    bool operator==(const DecodedField&) const = default;
};

}  // namespace penstock
