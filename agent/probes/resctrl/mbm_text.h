// SPDX-License-Identifier: Apache-2.0
//
// MBM text: what resctrl writes where a number of bytes is expected, and where it has none.

#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "policies/origin.h"

namespace penstock {

// The bytes, or why there are none: resctrl has words for a counter that the hardware lent to
// another group, that could not be read, or that was never assigned.
[[nodiscard]] std::expected<std::uint64_t, Origin> parse_mbm(std::string_view text);

// The same reasons for a read(2) that failed.
[[nodiscard]] Origin why_mbm_failed(int code);

}  // namespace penstock
