// SPDX-License-Identifier: Apache-2.0

#include "agent/config/rule_terms.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "agent/config/values.h"
#include "base/text.h"
#include "policies/service_class_names.h"

namespace penstock::config {
namespace {

// In the order of each_term().
constexpr std::array<std::string_view, 7> keys{
    "Priority", "Preemptible", "Weight", "Class", "DeadlineSec", "CostSec", "DramMax"};

// A number from the least to the most that the term allows.
template <typename T>
Result<T> parse(const Term<T>& term, std::string_view text) {
    const Result<std::int64_t> number = parse_integer(text, term.least, term.most);
    return number ? Result<T>(static_cast<T>(*number)) : std::unexpected(number.error());
}

// Any of systemd's words for it, not only "yes" and "no".
template <>
Result<bool> parse(const Term<bool>& /*term*/, std::string_view text) {
    return parse_boolean(text);
}

template <>
Result<ServiceClass> parse(const Term<ServiceClass>& /*term*/, std::string_view text) {
    if (const auto found = service_class_named(text)) {
        return *found;
    }
    return fail(fmt::format("\"{}\" is not a class: there are latency, normal, batch and idle",
                            printable(text)));
}

// D-Bus shows it in microseconds.
template <>
Result<Duration> parse(const Term<Duration>& term, std::string_view text) {
    Result<Duration> span = parse_time_span(text);
    const bool whole = span && *span % std::chrono::microseconds(1) == Duration{};
    if (span && (!whole || !term.allows(*span))) {
        return fail(fmt::format("\"{}\" is not a time span from {} to {}, in whole microseconds",
                                printable(text),
                                to_text(term.least),
                                to_text(term.most)));
    }
    return span;
}

template <>
Result<BytesPerSecond> parse(const Term<BytesPerSecond>& term, std::string_view text) {
    Result<BytesPerSecond> limit = parse_bandwidth_limit(text);
    if (limit && !term.allows(*limit)) {
        return fail(fmt::format("\"{}\" leaves nothing: at least {} byte per second is needed",
                                printable(text),
                                term.least.value));
    }
    return limit;
}

// What parse() reads back, each of them: `config show` prints a file that says the same.
std::string shown(std::int32_t number) {
    return std::to_string(number);
}

std::string shown(std::uint32_t number) {
    return std::to_string(number);
}

std::string shown(bool flag) {
    return flag ? "yes" : "no";
}

std::string shown(ServiceClass service_class) {
    return std::string(name_of(service_class));
}

std::string shown(Duration span) {
    return to_text(span);
}

std::string shown(BytesPerSecond limit) {
    return to_text(limit);
}

}  // namespace

std::span<const std::string_view> term_keys() {
    return keys;
}

Result<Choices> parse_term(std::string_view key,
                           std::string_view value,
                           const std::string& source) {
    Result<Choices> parsed;
    std::size_t place = 0;
    each_term([&]<typename T>(const Term<T>& term) {
        if (keys.at(place++) != key) {
            return;
        }
        if (Result<T> wanted = parse(term, value)) {
            (*parsed).*term.choice = {{.value = *wanted, .source = source}};
        } else {
            parsed = std::unexpected(std::move(wanted).error());
        }
    });
    return parsed;
}

bool raises(const Choices& terms) {
    const Owner usual;
    bool any = false;
    each_term([&](const auto& term) {
        const auto& chosen = terms.*term.choice;
        any = any || (chosen && term.raises(chosen->value, usual.*term.value));
    });
    return any;
}

std::vector<KeyValue> written(const Choices& terms) {
    std::vector<KeyValue> lines;
    std::size_t place = 0;
    each_term([&](const auto& term) {
        if (const auto& chosen = terms.*term.choice) {
            lines.push_back({.key = keys.at(place), .value = shown(chosen->value)});
        }
        ++place;
    });
    return lines;
}

}  // namespace penstock::config
