// SPDX-License-Identifier: Apache-2.0

#include "base/notation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/text.h"

namespace penstock {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t worth;
};

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::string_view infinity = "infinity";
constexpr std::array time_units{
    Unit{.name = "ns", .worth = 1},
    Unit{.name = "us", .worth = 1'000},
    Unit{.name = "usec", .worth = 1'000},
    Unit{.name = "ms", .worth = 1'000'000},
    Unit{.name = "msec", .worth = 1'000'000},
    Unit{.name = "s", .worth = ns_per_second},
    Unit{.name = "sec", .worth = ns_per_second},
    Unit{.name = "m", .worth = 60 * ns_per_second},
    Unit{.name = "min", .worth = 60 * ns_per_second},
    Unit{.name = "h", .worth = 3600 * ns_per_second},
    Unit{.name = "hr", .worth = 3600 * ns_per_second},
    Unit{.name = "d", .worth = 86'400 * ns_per_second},
};
constexpr std::array rate_units{
    Unit{.name = "", .worth = 1},
    Unit{.name = "K", .worth = 1'000},
    Unit{.name = "M", .worth = 1'000'000},
    Unit{.name = "G", .worth = 1'000'000'000},
    Unit{.name = "T", .worth = 1'000'000'000'000},
};

std::optional<std::int64_t> worth_of(std::span<const Unit> units, std::string_view name) {
    const auto found = std::ranges::find(units, name, &Unit::name);
    return found != units.end() ? std::optional(found->worth) : std::nullopt;
}

std::string_view take_while(std::string_view& text, bool (*belongs)(char)) {
    std::size_t length = 0;
    while (length < text.size() && belongs(text[length])) {
        ++length;
    }
    const std::string_view taken = text.substr(0, length);
    text.remove_prefix(length);
    return taken;
}

bool is_blank(char each) {
    return each == ' ' || each == '\t';
}

bool is_digit(char each) {
    return each >= '0' && each <= '9';
}

bool is_letter(char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
}

// number x worth, with digits behind a point that are at most as fine as the worth.
std::optional<std::int64_t> scaled(std::string_view whole,
                                   std::string_view fraction,
                                   std::int64_t worth) {
    const auto number = parse_number<std::int64_t>(whole);
    std::int64_t product = 0;
    if (!number || __builtin_mul_overflow(*number, worth, &product)) {
        return std::nullopt;
    }
    for (const char digit : fraction) {
        if (worth % 10 != 0) {
            return std::nullopt;
        }
        worth /= 10;
        if (__builtin_add_overflow(product, (digit - '0') * worth, &product)) {
            return std::nullopt;
        }
    }
    return product;
}

// "12.5G", and removes it.
std::optional<std::int64_t> take_quantity(std::string_view& text,
                                          std::span<const Unit> units,
                                          std::int64_t bare) {
    const std::string_view whole = take_while(text, is_digit);
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = take_while(text, is_digit);
        if (fraction.empty()) {
            return std::nullopt;
        }
    }
    take_while(text, is_blank);
    const std::string_view unit = take_while(text, is_letter);
    const auto worth = unit.empty() ? std::optional(bare) : worth_of(units, unit);
    return worth ? scaled(whole, fraction, *worth) : std::nullopt;
}

// The largest unit that leaves no rest.
std::string in_units(std::int64_t number, std::span<const Unit> units) {
    if (number == 0) {
        return "0";
    }
    const Unit* best = units.data();
    for (const Unit& unit : units) {
        if (unit.worth > best->worth && number % unit.worth == 0) {
            best = &unit;
        }
    }
    return std::to_string(number / best->worth).append(best->name);
}

}  // namespace

Result<bool> parse_boolean(std::string_view text) {
    constexpr std::array<std::string_view, 6> yes{"1", "yes", "y", "true", "t", "on"};
    constexpr std::array<std::string_view, 6> no{"0", "no", "n", "false", "f", "off"};
    std::string lower(text.substr(0, 8));
    std::ranges::transform(lower, lower.begin(), [](char each) {
        return is_letter(each) ? static_cast<char>(each | 0x20) : each;
    });
    if (text.size() <= lower.size()) {
        if (std::ranges::find(yes, lower) != yes.end()) {
            return true;
        }
        if (std::ranges::find(no, lower) != no.end()) {
            return false;
        }
    }
    return fail("\"" + printable(text) + "\" is neither yes nor no");
}

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most) {
    const auto number = parse_number<std::int64_t>(text);
    if (!number || *number < least || *number > most) {
        return fail("\"" + printable(text) + "\" is not a number from " + std::to_string(least) +
                    " to " + std::to_string(most));
    }
    return *number;
}

Result<Duration> parse_time_span(std::string_view text) {
    std::string_view rest = trimmed(text);
    std::int64_t sum = 0;
    bool sound = !rest.empty();
    while (sound && !rest.empty()) {
        const auto part = take_quantity(rest, time_units, ns_per_second);
        sound = part && !__builtin_add_overflow(sum, *part, &sum);
        take_while(rest, is_blank);
    }
    if (!sound) {
        return fail("\"" + printable(text) + "\" is not a time span such as 10ms or 1min 30s");
    }
    return Duration(sum);
}

Result<BytesPerSecond> parse_bandwidth(std::string_view text) {
    std::string_view rest = trimmed(text);
    const auto number = rest.empty() ? std::nullopt : take_quantity(rest, rate_units, 1);
    if (!number || !rest.empty()) {
        return fail("\"" + printable(text) +
                    "\" is not a number of bytes per second such as 25G or 800M");
    }
    return BytesPerSecond{static_cast<std::uint64_t>(*number)};
}

Result<BytesPerSecond> parse_bandwidth_limit(std::string_view text) {
    return trimmed(text) == infinity ? Result<BytesPerSecond>(unlimited) : parse_bandwidth(text);
}

std::string to_text(Duration span) {
    return in_units(span.count(), time_units);
}

std::string to_text(BytesPerSecond bandwidth) {
    return bandwidth == unlimited
               ? std::string(infinity)
               : in_units(static_cast<std::int64_t>(bandwidth.value), rate_units);
}

}  // namespace penstock
