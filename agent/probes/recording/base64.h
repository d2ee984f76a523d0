// SPDX-License-Identifier: Apache-2.0
//
// Base64: bytes as text (RFC 4648), for files that are no text.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::recording {

[[nodiscard]] std::string to_base64(std::string_view bytes);

// Nothing when the text is not exactly what to_base64() makes of some bytes.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace penstock::recording
