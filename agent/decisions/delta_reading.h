// SPDX-License-Identifier: Apache-2.0
//
// Delta reading: applies what a DeltaText wrote of a value's changes to the former value.
//
// The text may come from anybody: each number is held to its type, each list and text to a length,
// and a failure names the member. Members that are not known are of later versions, and passed
// over.

#pragma once

#include <limits>
#include <nlohmann/json.hpp>

#include "agent/decisions/shapes.h"
#include "agent/state/sorted.h"
#include "base/result.h"
#include "policies/last_of.h"

namespace penstock::decisions {

using Json = nlohmann::json;

inline constexpr std::size_t longest_text = 4096;
inline constexpr std::size_t longest_plain_list = 1024;
// Half of what a time holds, so that times can be added.
inline constexpr std::int64_t latest_ns = std::int64_t{1} << 61;

[[nodiscard]] Result<std::string> bytes_of(const Json& from);
[[nodiscard]] Result<double> real_of(const Json& from);
[[nodiscard]] Result<std::int64_t> whole_of(const Json& from,
                                            std::int64_t least,
                                            std::int64_t most);
[[nodiscard]] Result<std::uint64_t> natural_of(const Json& from, std::uint64_t most);

// Puts a member's name in front of what is wrong with it.
[[nodiscard]] std::unexpected<Error> wrong_at(std::string_view name, const Error& error);

template <typename T>
Result<> read_value(const Json& from, T& into);

template <typename T>
Result<> store(Result<T> read, auto& into) {
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    into = static_cast<std::remove_cvref_t<decltype(into)>>(*std::move(read));
    return {};
}

// Held to what the type can hold.
template <typename T>
Result<> read_number(const Json& from, T& into) {
    if constexpr (std::is_signed_v<T>) {
        return store(whole_of(from, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()),
                     into);
    } else {
        return store(natural_of(from, std::numeric_limits<T>::max()), into);
    }
}

// What is not told stays as it is.
Result<> read_member(const Json& from, std::string_view name, auto& into) {
    const auto found = from.find(name);
    if (found == from.end()) {
        return {};
    }
    Result<> done = read_value(*found, into);
    return done ? done : wrong_at(name, done.error());
}

template <Described T>
Result<> read_members(const Json& from, T& into) {
    if (!from.is_object()) {
        return fail("is not an object");
    }
    Result<> done;
    each_member(into, into, [&](std::string_view name, auto& member, auto&) {
        done = read_member(from, name, member);
        return done.has_value();
    });
    return done;
}

// A new item begins as one by default, as it did for who wrote it.
template <HasKey T>
Result<> read_item(const Json& from, std::vector<T>& into) {
    T fresh{};
    auto& key = fresh.*Keyed<T>::key;
    const auto told = from.is_object() ? from.find(key_name<T>) : from.end();
    if (told == from.end()) {
        return fail("has an item without \"" + std::string(key_name<T>) + '"');
    }
    if (Result<> read = read_value(*told, key); !read) {
        return wrong_at(key_name<T>, read.error());
    }
    T* known = find_sorted(into, key, Keyed<T>::key);
    const auto gone = from.find("gone");
    if (gone != from.end() && *gone == true) {
        if (known != nullptr) {
            into.erase(into.begin() + (known - into.data()));
        }
        return {};
    }
    if (known != nullptr) {
        return read_members(from, *known);
    }
    if (into.size() >= Keyed<T>::most) {
        return fail("has more than " + std::to_string(Keyed<T>::most) + " items");
    }
    Result<> read = read_members(from, fresh);
    insert_sorted(into, std::move(fresh), Keyed<T>::key);
    return read;
}

// Without keys, the list that is told takes the place of the former one.
template <typename T>
Result<> read_list(const Json& from, std::vector<T>& into) {
    if (!from.is_array()) {
        return fail("is not a list");
    }
    if constexpr (!HasKey<T>) {
        if (from.size() > longest_plain_list) {
            return fail("has more than " + std::to_string(longest_plain_list) + " items");
        }
        into.clear();
    }
    for (const Json& item : from) {
        Result<> read;
        if constexpr (HasKey<T>) {
            read = read_item(item, into);
        } else {
            read = read_members(item, into.emplace_back());
        }
        if (!read) {
            return read;
        }
    }
    return {};
}

template <typename T>
Result<> read_value(const Json& from, T& into) {
    if constexpr (Described<T>) {
        return read_members(from, into);
    } else if constexpr (is_list<T>) {
        return read_list(from, into);
    } else if constexpr (is_optional<T>) {
        if (from.is_null()) {
            into.reset();
            return {};
        }
        return read_value(from, into.emplace());
    } else if constexpr (Text<T>) {
        return store(bytes_of(from), into);
    } else if constexpr (std::same_as<T, double>) {
        return store(real_of(from), into);
    } else if constexpr (std::same_as<T, bool>) {
        into = from == true;
        return from.is_boolean() ? Result<>() : fail("is neither true nor false");
    } else if constexpr (std::is_enum_v<T>) {
        return store(natural_of(from, static_cast<std::uint64_t>(last_of<T>)), into);
    } else if constexpr (Wrapped<T>) {
        return read_number(from, into.value);
    } else if constexpr (Time<T>) {
        std::int64_t ns = 0;
        Result<> read = store(whole_of(from, -latest_ns, latest_ns), ns);
        into = T(Duration(ns));
        return read;
    } else {
        return read_number(from, into);
    }
}

}  // namespace penstock::decisions
