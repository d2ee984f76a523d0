// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf/pmu.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/probes/perf/event_terms.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr std::string_view pmus = "sys/bus/event_source/devices";

// Below are hardware, software, tracepoint, cache, raw and breakpoint, which no box can be.
constexpr std::uint32_t first_dynamic_type = 6;
constexpr std::uint32_t last_type = 0x7fffffff;  // The kernel keeps it in an int.

// Nothing where it is another stem's. A box without a number is the only one of its kind.
std::optional<std::uint32_t> number_of_box(std::string_view name, std::string_view stem) {
    if (!name.starts_with(stem)) {
        return std::nullopt;
    }
    const std::string_view tail = name.substr(stem.size());
    if (tail.empty()) {
        return 0;
    }
    return tail.front() == '_' ? parse_number<std::uint32_t>(tail.substr(1)) : std::nullopt;
}

// Terms that perf itself knows fill a whole word.
std::string whole_word(std::string_view term) {
    return std::string(term) + ":0-63";
}

bool is_word(std::string_view term) {
    return term == "config" || term == "config1" || term == "config2";
}

}  // namespace

Pmu::Pmu(Machine& machine, std::string name)
    : machine_(machine), name_(std::move(name)), folder_(std::string(pmus) + "/" + name_) {}

Result<std::string> Pmu::content(std::string_view file) const {
    return machine_.read(folder_ + "/" + std::string(file), longest_file);
}

Result<std::uint32_t> Pmu::type() const {
    const Result<std::string> text = content("type");
    if (!text) {
        return std::unexpected(text.error());
    }
    const auto type = parse_number<std::uint32_t>(trimmed(*text));
    if (!type || *type < first_dynamic_type || *type > last_type) {
        return fail("\"" + printable(trimmed(*text)) + "\" is no type of " + name_);
    }
    return *type;
}

bool Pmu::lists(std::string_view event) const {
    return content("events/" + std::string(event)).has_value();
}

Result<PerfEvent> Pmu::listed(std::string_view event) const {
    const Result<std::string> text = content("events/" + std::string(event));
    if (!text) {
        return std::unexpected(text.error());
    }
    Result<PerfEvent> encoded = encode(*text);
    if (!encoded) {
        return fail(std::move(encoded).error(), "the event " + std::string(event) + " of " + name_);
    }
    return encoded;
}

Result<PerfEvent> Pmu::encode(std::string_view terms) const {
    const Result<std::uint32_t> of_type = type();
    if (!of_type) {
        return std::unexpected(of_type.error());
    }
    const auto parsed = parse_event_terms(terms);
    if (!parsed) {
        return std::unexpected(parsed.error());
    }
    PerfEvent event{.type = *of_type};
    for (const EventTerm& term : *parsed) {
        const Result<std::string> format = is_word(term.name)
                                               ? whole_word(term.name)
                                               : content("format/" + std::string(term.name));
        if (!format) {
            return std::unexpected(format.error());
        }
        const Result<TermBits> where = parse_term_bits(*format);
        if (!where) {
            return std::unexpected(where.error());
        }
        if (auto placed = place_term(term, *where, event); !placed) {
            return std::unexpected(std::move(placed).error());
        }
    }
    return event;
}

Result<double> Pmu::scale(std::string_view event, std::string_view unit) const {
    const std::string file = "events/" + std::string(event);
    const Result<std::string> named = content(file + ".unit");
    if (!named) {
        return std::unexpected(named.error());
    }
    if (trimmed(*named) != unit) {
        return fail(std::string(event) + " of " + name_ + " is in \"" + printable(trimmed(*named)) +
                    "\", not in " + std::string(unit));
    }
    const Result<std::string> text = content(file + ".scale");
    if (!text) {
        return std::unexpected(text.error());
    }
    Result<double> parsed = parse_scale(*text);
    if (!parsed) {
        return fail(std::move(parsed).error(), "the event " + std::string(event) + " of " + name_);
    }
    return parsed;
}

Result<std::vector<std::string>> boxes_called(Machine& machine, std::string_view stem) {
    const auto names = machine.list(std::string(pmus));
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<std::pair<std::uint32_t, std::string>> found;
    for (const std::string& name : *names) {
        if (const auto number = number_of_box(name, stem)) {
            found.emplace_back(*number, name);
        }
    }
    if (found.size() > most_boxes) {
        return fail("sysfs shows " + std::to_string(found.size()) + " boxes called " +
                    std::string(stem) + ", more than " + std::to_string(most_boxes));
    }
    std::ranges::sort(found);
    std::vector<std::string> boxes;
    boxes.reserve(found.size());
    for (auto& [number, name] : found) {
        boxes.push_back(std::move(name));
    }
    return boxes;
}

}  // namespace penstock
