// SPDX-License-Identifier: Apache-2.0
//
// Shapes: how a member's type is told in a line, and whether two values are exactly the same.

#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "agent/decisions/members.h"
#include "agent/decisions/tied_members.h"

namespace penstock::decisions {

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <typename T>
inline constexpr bool is_list = false;
template <typename T>
inline constexpr bool is_list<std::vector<T>> = true;

template <typename T>
concept Text = std::same_as<T, std::string> || std::same_as<T, Origin>;

template <typename T>
concept Time = std::same_as<T, TimePoint> || std::same_as<T, Duration>;

// A number with its meaning in the type: GpuId and the like.
template <typename T>
concept Wrapped =
    std::same_as<T, GpuId> || std::same_as<T, OwnerId> || std::same_as<T, BytesPerSecond>;

template <typename T>
concept Whole = std::integral<T> && !std::same_as<T, bool>;

// Calls visit(name, member, other's member) for each, while it returns true; false otherwise.
template <Described T, typename Visit>
constexpr bool each_member(T& one, auto& other, Visit visit) {
    constexpr std::size_t count = names_of<std::remove_const_t<T>>.size();
    auto ones = tied(one, Count<count>());
    auto others = tied(other, Count<count>());
    return [&]<std::size_t... Number>(std::index_sequence<Number...>) {
        return (visit(names_of<std::remove_const_t<T>>[Number],
                      std::get<Number>(ones),
                      std::get<Number>(others)) &&
                ...);
    }(std::make_index_sequence<count>());
}

// Bit for bit: a replay must not miss what `==` takes for equal.
template <typename T>
[[nodiscard]] bool same(const T& a, const T& b) {
    if constexpr (Described<T>) {
        return each_member(a, b, [](std::string_view, const auto& one, const auto& other) {
            return same(one, other);
        });
    } else if constexpr (is_list<T>) {
        return std::ranges::equal(
            a, b, [](const auto& one, const auto& other) { return same(one, other); });
    } else if constexpr (is_optional<T>) {
        return a.has_value() == b.has_value() && (!a || same(*a, *b));
    } else if constexpr (std::same_as<T, double>) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
               (std::isnan(a) && std::isnan(b));
    } else {
        return a == b;
    }
}

}  // namespace penstock::decisions
