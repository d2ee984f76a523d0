// SPDX-License-Identifier: Apache-2.0

#include "base/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace penstock {

void JsonText::begin(char bracket) {
    separate();
    text_ += bracket;
}

// Only a bracket and a colon are not followed by a comma, and no value ends with one of those.
void JsonText::separate() {
    if (!text_.empty() && std::string_view("{[:").find(text_.back()) == std::string_view::npos) {
        text_ += ',';
    }
}

void JsonText::quote(std::string_view text) {
    text_ += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            text_ += '\\';
        }
        text_ += c < ' ' || c > '~' ? '?' : c;
    }
    text_ += '"';
}

void JsonText::literal(std::string_view word) {
    separate();
    text_ += word;
}

void JsonText::key(std::string_view name) {
    separate();
    quote(name);
    text_ += ':';
}

void JsonText::write(std::string_view text) {
    separate();
    quote(text);
}

void JsonText::write(double number) {
    if (!std::isfinite(number)) {
        write_null();
        return;
    }
    // The shortest text that is read as the same number; none is longer.
    std::array<char, 32> digits{};
    const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    literal({digits.data(), done.ptr});
}

void JsonText::write_null() {
    literal("null");
}

}  // namespace penstock
