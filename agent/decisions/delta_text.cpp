// SPDX-License-Identifier: Apache-2.0

#include "agent/decisions/delta_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace penstock::decisions {

void DeltaText::quoted(std::string_view bytes) {
    text_ += '"';
    for (const char byte : bytes) {
        if (byte == '"' || byte == '\\') {
            text_ += '\\';
            text_ += byte;
        } else if (byte >= ' ' && byte <= '~') {
            text_ += byte;
        } else {
            fmt::format_to(
                std::back_inserter(text_), "\\u{:04x}", static_cast<unsigned char>(byte));
        }
    }
    text_ += '"';
}

// The shortest text that is read as the same number. JSON has none for those that are not finite,
// and a sum of unknowns may be one.
void DeltaText::number(double value) {
    if (!std::isfinite(value)) {
        text_ += std::isnan(value) ? R"("nan")" : (value > 0 ? R"("inf")" : R"("-inf")");
        return;
    }
    std::array<char, 32> digits{};
    const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    text_.append(digits.data(), done.ptr);
    if (value == 0 && std::signbit(value)) {
        text_ += ".0";  // -0 alone is a whole number, which has no sign.
    }
}

void DeltaText::name(std::string_view key) {
    separate();
    quoted(key);
    text_ += ':';
}

}  // namespace penstock::decisions
