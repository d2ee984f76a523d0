// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/term_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/notation.h"
#include "base/text.h"
#include "client/ctl/duration.h"

namespace penstock::ctl {
namespace {

// "0" is no span with a unit, and would look like "at once".
std::optional<Duration> parse_span(std::string_view text) {
    return text == "none" ? std::optional(Duration{}) : parse_duration(text);
}

std::optional<BytesPerSecond> parse_limit(std::string_view text) {
    const Result<BytesPerSecond> limit = parse_bandwidth_limit(text);
    return limit ? std::optional(*limit) : std::nullopt;
}

std::unexpected<Failure> refuse_word(const std::string& word, std::string_view expected) {
    return fail(Exit::usage,
                fmt::format("\"{}\" can not be set: expected {}", printable(word), expected));
}

// `value` is nothing where the word could not be read. A second value for a key is a slip of the
// hand, and which of the two was meant is not ours to guess.
template <typename T>
Outcome<> put(const std::string& word,
              std::optional<T> value,
              std::string_view expected,
              std::optional<T>& into) {
    if (into) {
        return fail(Exit::usage, fmt::format("\"{}\" comes after another value", printable(word)));
    }
    if (!value) {
        return refuse_word(word, expected);
    }
    into = std::move(value);
    return {};
}

Outcome<> read_word(const std::string& word, ProcessTerms& terms) {
    const std::size_t sign = std::min(word.find('='), word.size());
    const std::string key = word.substr(0, sign);
    const std::string value = sign < word.size() ? word.substr(sign + 1) : "";
    if (key == "priority") {
        return put(word,
                   parse_number<std::int32_t>(value),
                   "priority=N with N in -20..20",
                   terms.priority);
    }
    if (key == "weight") {
        return put(
            word, parse_number<std::uint32_t>(value), "weight=N with N in 1..10000", terms.weight);
    }
    if (key == "class") {
        const auto name = value.empty() ? std::nullopt : std::optional(value);
        return put(word, name, "class=latency, normal, batch or idle", terms.service_class);
    }
    if (key == "deadline") {
        return put(word, parse_span(value), "deadline=SPAN, as 50ms, or none", terms.deadline);
    }
    if (key == "cost") {
        return put(word, parse_span(value), "cost=SPAN, as 5ms, or none", terms.cost);
    }
    if (key == "dram-max") {
        return put(word, parse_limit(value), "dram-max=RATE, as 20G, or infinity", terms.dram_max);
    }
    return refuse_word(
        word, "priority=N, weight=N, class=NAME, deadline=SPAN, cost=SPAN or dram-max=RATE");
}

}  // namespace

Outcome<ProcessTerms> parse_terms(const std::vector<std::string>& words) {
    ProcessTerms terms;
    for (const std::string& word : words) {
        if (Outcome<> read = read_word(word, terms); !read) {
            return std::unexpected(std::move(read).error());
        }
    }
    return terms;
}

}  // namespace penstock::ctl
