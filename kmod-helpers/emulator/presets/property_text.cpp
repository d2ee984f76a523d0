// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/presets/property_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace penstock::emulator {
namespace {

bool is_number(std::string_view text) {
    return parse_number<std::uint64_t>(text).has_value();
}

bool is_key_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_property(std::string_view line) {
    const auto space = line.find(' ');
    if (space == 0 || space == std::string_view::npos ||
        !std::ranges::all_of(line.substr(0, space), is_key_letter)) {
        return false;
    }
    const std::string_view value = line.substr(space + 1);
    return is_number(value) ||
           (line.starts_with("sibling_map ") && std::ranges::all_of(split(value, ','), is_number));
}

}  // namespace

std::string property_text(std::span<const Property> properties) {
    std::string text;
    for (const auto& [key, value] : properties) {
        text += fmt::format("{} {}\n", key, value);
    }
    return text;
}

Result<> check_properties(const std::string& file, std::string_view text) {
    for (const std::string_view line : split(text, '\n')) {
        if (!line.empty() && !is_property(line)) {
            return fail(
                fmt::format("{}: found '{}', expected a key and a number", file, printable(line)));
        }
    }
    return {};
}

Result<std::uint32_t> number_within(const std::string& what, std::string_view text, Bounds bounds) {
    const auto number = parse_number<std::uint32_t>(trimmed(text));
    if (!number || *number < bounds.least || *number > bounds.most) {
        return fail(fmt::format("{}: found '{}', expected {} to {}",
                                what,
                                printable(trimmed(text)),
                                bounds.least,
                                bounds.most));
    }
    return *number;
}

Result<std::uint32_t> property_within(const std::string& file,
                                      std::string_view text,
                                      std::string_view key,
                                      Bounds bounds) {
    const auto value = value_of(text, key);
    if (!value) {
        return fail(fmt::format("{}: there is no {}", file, key));
    }
    return number_within(fmt::format("{}: {}", file, key), *value, bounds);
}

}  // namespace penstock::emulator
