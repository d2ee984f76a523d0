// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf/event_terms.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::uint8_t bits_of_word = 64;
constexpr std::size_t longest_name = 64;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

std::optional<std::uint64_t> value_of_term(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) {
        return parse_number<std::uint64_t>(text.substr(2), 16);
    }
    return parse_number<std::uint64_t>(text);
}

Result<EventTerm> parse_term(std::string_view text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    EventTerm term{.name = text.substr(0, equals)};
    if (!is_name(term.name)) {
        return fail("\"" + printable(text) + "\" is no term of an event");
    }
    if (equals < text.size()) {
        const auto value = value_of_term(text.substr(equals + 1));
        if (!value) {
            return fail("the term \"" + printable(text) + "\" has no number");
        }
        term.value = *value;
    }
    return term;
}

std::optional<TermBits::Word> word_named(std::string_view name) {
    if (name == "config") {
        return TermBits::Word::config;
    }
    if (name == "config1") {
        return TermBits::Word::config1;
    }
    if (name == "config2") {
        return TermBits::Word::config2;
    }
    return std::nullopt;
}

// Whether "0-7" or "63" could be added.
bool add_bits(std::string_view range, std::vector<std::uint8_t>& bits) {
    const std::size_t dash = std::min(range.find('-'), range.size());
    const auto first = parse_number<std::uint8_t>(range.substr(0, dash));
    const auto last =
        dash == range.size() ? first : parse_number<std::uint8_t>(range.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= bits_of_word) {
        return false;
    }
    for (std::uint8_t bit = *first; bit <= *last; ++bit) {
        if (std::ranges::find(bits, bit) != bits.end()) {
            return false;
        }
        bits.push_back(bit);
    }
    return true;
}

std::uint64_t& word_in(PerfEvent& event, TermBits::Word word) {
    switch (word) {
        case TermBits::Word::config1:
            return event.config1;
        case TermBits::Word::config2:
            return event.config2;
        case TermBits::Word::config:
            break;
    }
    return event.config;
}

}  // namespace

Result<std::vector<EventTerm>> parse_event_terms(std::string_view text) {
    std::vector<EventTerm> terms;
    std::string_view rest = trimmed(text);
    for (bool more = true; more;) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const Result<EventTerm> term = parse_term(rest.substr(0, comma));
        if (!term) {
            return std::unexpected(term.error());
        }
        if (std::ranges::find(terms, term->name, &EventTerm::name) != terms.end()) {
            return fail("the term " + printable(term->name) + " comes twice");
        }
        if (terms.size() == most_terms) {
            return fail("the event has more than " + std::to_string(most_terms) + " terms");
        }
        terms.push_back(*term);
        more = comma < rest.size();
        rest.remove_prefix(more ? comma + 1 : comma);
    }
    return terms;
}

Result<TermBits> parse_term_bits(std::string_view format) {
    const std::string_view text = trimmed(format);
    const std::size_t colon = std::min(text.find(':'), text.size());
    const auto word = word_named(text.substr(0, colon));
    if (!word) {
        return fail("the format \"" + printable(text) + "\" fills no word that is known here");
    }
    TermBits where{.word = *word};
    std::string_view rest = text.substr(std::min(colon + 1, text.size()));
    for (bool more = true; more;) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        if (!add_bits(rest.substr(0, comma), where.bits)) {
            return fail("the format \"" + printable(text) + "\" is no list of bits");
        }
        more = comma < rest.size();
        rest.remove_prefix(more ? comma + 1 : comma);
    }
    return where;
}

Result<> place_term(const EventTerm& term, const TermBits& where, PerfEvent& into) {
    const std::size_t width = where.bits.size();
    if (width < bits_of_word && (term.value >> width) != 0) {
        return fail("the value of " + printable(term.name) + " does not fit into " +
                    std::to_string(width) + " bits");
    }
    std::uint64_t& word = word_in(into, where.word);
    for (std::size_t bit = 0; bit < width; ++bit) {
        word |= ((term.value >> bit) & 1) << where.bits[bit];
    }
    return {};
}

Result<double> parse_scale(std::string_view text) {
    const std::string_view number = trimmed(text);
    double scale = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), scale);
    if (error != std::errc() || end != number.data() + number.size() || !std::isfinite(scale) ||
        scale <= 0) {
        return fail("\"" + printable(number) + "\" is no scale");
    }
    return scale;
}

}  // namespace penstock
