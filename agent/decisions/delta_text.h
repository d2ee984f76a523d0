// SPDX-License-Identifier: Apache-2.0
//
// Delta text: what has changed of a value, as JSON that a DeltaReading applies to the former one.
//
// Of a type with members those that changed, by name; of a list with keys the items that changed,
// each with its key, and {"gone":true} where one is no longer there; of everything else the whole.
// Texts are bytes: those that are not printable ASCII are written as \u00XX.

#pragma once

#include <fmt/format.h>

#include <iterator>

#include "agent/decisions/shapes.h"

namespace penstock::decisions {

class DeltaText {
  public:
    // Adds to the text, which it does not own.
    explicit DeltaText(std::string& into) : text_(into) {}

    template <Described T>
    void object(const T& now, const T& former) {
        text_ += '{';
        members(now, former);
        text_ += '}';
    }

    // Each member, changed or not.
    template <Described T>
    void whole_object(const T& now) {
        text_ += '{';
        each_member(now, now, [this](std::string_view key, const auto& one, const auto&) {
            name(key);
            value(one, one);
            return true;
        });
        text_ += '}';
    }

    void quoted(std::string_view bytes);

  private:
    void number(double value);
    void name(std::string_view key);

    // Without the key of an item of a list, which is told in any case.
    template <Described T>
    void members(const T& now, const T& former, std::string_view but = {}) {
        each_member(now, former, [&](std::string_view key, const auto& one, const auto& other) {
            if (key != but && !same(one, other)) {
                name(key);
                value(one, other);
            }
            return true;
        });
    }

    template <typename T>
    void value(const T& now, const T& former) {
        if constexpr (Described<T>) {
            object(now, former);
        } else if constexpr (is_list<T>) {
            list(now, former);
        } else if constexpr (is_optional<T>) {
            if (now) {
                value(*now, *now);
            } else {
                text_ += "null";
            }
        } else if constexpr (Text<T>) {
            quoted(text_of(now));
        } else if constexpr (std::same_as<T, double>) {
            number(now);
        } else if constexpr (std::same_as<T, bool>) {
            text_ += now ? "true" : "false";
        } else {
            fmt::format_to(std::back_inserter(text_), "{}", whole(now));
        }
    }

    static std::string_view text_of(const std::string& text) { return text; }

    static std::string_view text_of(const Origin& origin) { return origin.text(); }

    template <typename T>
    static auto whole(const T& now) {
        if constexpr (std::is_enum_v<T>) {
            return static_cast<unsigned>(now);
        } else if constexpr (Wrapped<T>) {
            return now.value;
        } else if constexpr (std::same_as<T, TimePoint>) {
            return to_ns(now);
        } else if constexpr (std::same_as<T, Duration>) {
            return now.count();
        } else {
            // A byte is a number here.
            return std::conditional_t < sizeof(T) == 1, unsigned, T > (now);
        }
    }

    void separate() {
        if (text_.back() != '[' && text_.back() != '{') {
            text_ += ',';
        }
    }

    template <HasKey T>
    void open_item(const T& item) {
        separate();
        text_ += '{';
        name(key_name<T>);
        const auto& key = item.*Keyed<T>::key;
        if constexpr (Described<std::remove_cvref_t<decltype(key)>>) {
            whole_object(key);
        } else {
            value(key, key);
        }
    }

    template <HasKey T>
    void list(const std::vector<T>& now, const std::vector<T>& former) {
        text_ += '[';
        auto before = former.begin();
        for (const T& item : now) {
            before = go_to(item, before, former.end());
            if (before == former.end() || key_of(*before) != key_of(item)) {
                change(item, T{});
            } else if (!same(item, *before++)) {
                change(item, *std::prev(before));
            }
        }
        go_to_end(before, former.end());
        text_ += ']';
    }

    template <HasKey T>
    static auto key_of(const T& item) {
        return item.*Keyed<T>::key;
    }

    // Past the former items whose keys are lower: they are gone.
    template <HasKey T>
    auto go_to(const T& item, auto before, auto end) {
        for (; before != end && key_of(*before) < key_of(item); ++before) {
            gone(*before);
        }
        return before;
    }

    void go_to_end(auto before, auto end) {
        for (; before != end; ++before) {
            gone(*before);
        }
    }

    template <HasKey T>
    void change(const T& item, const T& former) {
        open_item(item);
        members(item, former, key_name<T>);
        text_ += '}';
    }

    template <HasKey T>
    void gone(const T& item) {
        open_item(item);
        text_ += R"(,"gone":true})";
    }

    // A list without keys is told whole.
    template <typename T>
    void list(const std::vector<T>& now, const std::vector<T>& /*former*/) {
        text_ += '[';
        for (const T& item : now) {
            separate();
            whole_object(item);
        }
        text_ += ']';
    }

    std::string& text_;
};

}  // namespace penstock::decisions
