// SPDX-License-Identifier: Apache-2.0
//
// Decode: shows everything that one file of the kernel says, whatever machine it came from.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probes/decode/decoded_field.h"
#include "base/result.h"

namespace penstock::ctl {

struct DecoderEntry {
    std::string_view kind;
    std::string_view of;  // What the file is, for a person choosing a kind.
    Result<std::vector<DecodedField>> (*decode)(const std::string& path);
};

[[nodiscard]] std::span<const DecoderEntry> decoders();

// A table of names, values and units; "-" for unknown.
[[nodiscard]] std::string decoded_text(const std::vector<DecodedField>& fields);

// {"NAME": {"value": V, "unit": "..."}}, with null for unknown.
[[nodiscard]] nlohmann::ordered_json decoded_json(const std::vector<DecodedField>& fields);

}  // namespace penstock::ctl
