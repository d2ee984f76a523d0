// SPDX-License-Identifier: Apache-2.0
//
// Event terms: how sysfs says what to ask perf for.
//
// A file in events/ (or a row of ours) names terms, "event=0x04,umask=0x03"; a file in format/ says
// which bits each term fills, "config:0-7,32-35", the value's lowest bit first. Whatever does not
// fit is refused with a sentence: a bit lost on the way would count something else.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/probes/machine.h"
#include "base/result.h"

namespace penstock {

struct EventTerm {
    std::string_view name{};  // Letters, digits and '_' only: it can be part of a path.
    std::uint64_t value = 1;  // A term without a value is a flag that is set.
};

inline constexpr std::size_t most_terms = 16;

// The names are parts of `text`.
[[nodiscard]] Result<std::vector<EventTerm>> parse_event_terms(std::string_view text);

// The bits that one term fills.
struct TermBits {
    enum class Word : std::uint8_t { config, config1, config2 };

    Word word = Word::config;
    std::vector<std::uint8_t> bits{};  // Where the value's bits go, lowest first.
};

[[nodiscard]] Result<TermBits> parse_term_bits(std::string_view format);

// Sets the term's bits; those that are set already stay.
[[nodiscard]] Result<> place_term(const EventTerm& term, const TermBits& where, PerfEvent& into);

// The number in events/X.scale: positive and finite.
[[nodiscard]] Result<double> parse_scale(std::string_view text);

}  // namespace penstock
