// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/date_text.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/text.h"

namespace penstock::sim {
namespace {

constexpr std::string_view shape = "0000-00-00 00:00:00";

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

bool has_shape(std::string_view text) {
    if (text.size() < shape.size()) {
        return false;
    }
    for (std::size_t at = 0; at < shape.size(); ++at) {
        if (shape[at] == '0' ? !is_digit(text[at]) : text[at] != shape[at]) {
            return false;
        }
    }
    return true;
}

// Of a text that has the shape.
int part(std::string_view text, std::size_t from, std::size_t length) {
    return parse_number<int>(text.substr(from, length)).value_or(0);
}

// ".9799600" in microseconds.
std::optional<int> fraction_us(std::string_view text) {
    constexpr std::size_t digits_of_us = 6;
    if (text.empty()) {
        return 0;
    }
    if (text.front() != '.' || !std::ranges::all_of(text.substr(1), is_digit)) {
        return std::nullopt;
    }
    std::string digits(text.substr(1));
    digits.resize(digits_of_us, '0');
    return parse_number<int>(digits);
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
    using std::chrono::microseconds;
    if (!has_shape(text)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{
        std::chrono::year(part(text, 0, 4)),
        std::chrono::month(static_cast<unsigned>(part(text, 5, 2))),
        std::chrono::day(static_cast<unsigned>(part(text, 8, 2)))};
    const std::chrono::hours hour(part(text, 11, 2));
    const std::chrono::minutes minute(part(text, 14, 2));
    const std::chrono::seconds second(part(text, 17, 2));
    const std::optional<int> fraction = fraction_us(text.substr(shape.size()));
    if (!fraction || !date.ok() || hour.count() > 23 || minute.count() > 59 ||
        second.count() > 60) {
        return std::nullopt;
    }
    const microseconds days = std::chrono::sys_days(date).time_since_epoch();
    return (days + hour + minute + second + microseconds(*fraction)).count();
}

}  // namespace penstock::sim
