// SPDX-License-Identifier: Apache-2.0
//
// Unit name: whether a text can be the name of a service or scope of systemd. What comes from a
// file or a folder and is no such name is never handed on.

#pragma once

#include <algorithm>
#include <string_view>

namespace penstock {

inline constexpr std::size_t longest_unit_name = 255;

[[nodiscard]] constexpr bool is_unit_name(std::string_view name) {
    const auto belongs = [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
               (each >= '0' && each <= '9') || std::string_view(":-_.\\@").contains(each);
    };
    const std::size_t dot = name.rfind('.');
    const bool typed = name.ends_with(".service") || name.ends_with(".scope");
    return typed && dot > 0 && name.size() <= longest_unit_name &&
           std::ranges::all_of(name, belongs);
}

}  // namespace penstock
