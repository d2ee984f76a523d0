// SPDX-License-Identifier: Apache-2.0

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::string_view blanks = " \t\r\n";

}  // namespace

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words = split(line, ' ');
    std::erase(words, "");
    return words;
}

std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
    for (const std::string_view line : split(text, '\n')) {
        if (!line.starts_with(key)) {
            continue;
        }
        std::string_view rest = line.substr(key.size());
        if (rest.starts_with(':')) {
            rest.remove_prefix(1);
        } else if (!rest.starts_with(' ') && !rest.starts_with('\t')) {
            continue;  // A longer key that only begins the same way.
        }
        return trimmed(rest);
    }
    return std::nullopt;
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string safe(text.substr(0, limit));
    for (char& c : safe) {
        if (c < ' ' || c > '~') {
            c = '?';
        }
    }
    return safe;
}

}  // namespace penstock
