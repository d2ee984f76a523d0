// SPDX-License-Identifier: Apache-2.0
//
// Property text: the "key number" lines of a topology's files.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock::emulator {

struct Property {
    std::string_view key;
    std::uint64_t value = 0;
};

[[nodiscard]] std::string property_text(std::span<const Property> properties);

// Every line must be a key and a decimal number (sibling_map: numbers between commas). The sentence
// of a failure names `file`.
[[nodiscard]] Result<> check_properties(const std::string& file, std::string_view text);

struct Bounds {
    std::uint32_t least = 0;
    std::uint32_t most = 0;
};

// A text that must be a number, such as the whole file gpu_id.
[[nodiscard]] Result<std::uint32_t> number_within(const std::string& what,
                                                  std::string_view text,
                                                  Bounds bounds);

// The number behind `key`; a missing key is a failure. The sentence of a failure names `file`.
[[nodiscard]] Result<std::uint32_t> property_within(const std::string& file,
                                                    std::string_view text,
                                                    std::string_view key,
                                                    Bounds bounds);

}  // namespace penstock::emulator
