// SPDX-License-Identifier: Apache-2.0
//
// Decoded field: one number of a file from the kernel, under the kernel's own name.
//
// What the decoders of this folder make for people, who want to see everything that a file says and
// not only what Penstock uses of it. They are pure: bytes in, fields or the reason out.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

struct DecodedField {
    std::string name{};
    std::string_view unit{};        // In SI base units; "1" for a ratio or a count, "" for bits.
    std::optional<double> value{};  // Nothing when the file says that it is unknown.
    bool operator==(const DecodedField&) const = default;
};

}  // namespace penstock
