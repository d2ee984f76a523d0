// SPDX-License-Identifier: Apache-2.0
//
// Scenario values: bounded readers for what stands behind the keys of a scenario.

#pragma once

#include <charconv>
#include <span>
#include <string>

#include "agent/config/values.h"
#include "base/text.h"

namespace penstock::sim {

inline Result<> read_span(std::string_view text, Duration least, Duration most, Duration& into) {
    Result<Duration> span = config::parse_time_span(text);
    if (span && (*span < least || *span > most)) {
        return fail("\"" + printable(text) + "\" is not a time span from " +
                    config::to_text(least) + " to " + config::to_text(most));
    }
    return config::store(std::move(span), into);
}

template <typename Number>
Result<> read_number(std::string_view text, std::int64_t least, std::int64_t most, Number& into) {
    const Result<std::int64_t> number = config::parse_integer(text, least, most);
    if (!number) {
        return std::unexpected(number.error());
    }
    into = static_cast<Number>(*number);
    return {};
}

inline Result<> read_real(std::string_view text, double least, double most, double& into) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || !(number >= least) || !(number <= most)) {
        return fail("\"" + printable(text) + "\" is not a number from " + std::to_string(least) +
                    " to " + std::to_string(most));
    }
    into = number;
    return {};
}

inline Result<> read_bandwidth(std::string_view text,
                               std::uint64_t least,
                               std::uint64_t most,
                               std::uint64_t& into) {
    Result<BytesPerSecond> rate = config::parse_bandwidth(text);
    if (rate && (rate->value < least || rate->value > most)) {
        return fail("\"" + printable(text) + "\" is not a bandwidth from " + std::to_string(least) +
                    " to " + std::to_string(most) + " bytes per second");
    }
    if (!rate) {
        return std::unexpected(std::move(rate).error());
    }
    into = rate->value;
    return {};
}

inline Result<> read_boolean(std::string_view text, bool& into) {
    return config::store(config::parse_boolean(text), into);
}

template <typename T>
struct Choice {
    std::string_view name;
    T value;
};

template <typename T>
Result<> choose(std::string_view text, std::span<const Choice<T>> choices, T& into) {
    std::string names;
    for (const Choice<T>& choice : choices) {
        if (choice.name == text) {
            into = choice.value;
            return {};
        }
        names.append(names.empty() ? "" : ", ").append(choice.name);
    }
    return fail("\"" + printable(text) + "\" is none of: " + names);
}

}  // namespace penstock::sim
