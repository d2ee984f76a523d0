// SPDX-License-Identifier: Apache-2.0
//
// Text from outside: numbers, lists and key-value lines parsed strictly, and foreign strings made
// safe to print.

#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

// The whole text must be the number: no blanks, no sign for unsigned types, no tail.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text, int base = 10) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

[[nodiscard]] std::string_view trimmed(std::string_view text);

// The parts between separators; an empty text has one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// What stands between blanks.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view line);

// The value behind "key" in lines of "key value" or "key:\tvalue", as sysfs and /proc write them.
[[nodiscard]] std::optional<std::string_view> value_of(std::string_view text, std::string_view key);

// At most `limit` bytes, with every control character and every byte outside ASCII replaced by '?':
// names of other users' programs reach terminals, the journal and JSON only in this form.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 64);

}  // namespace penstock
