// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/scale_course.h"

#include <charconv>
#include <optional>
#include <string>

#include "base/text.h"
#include "policies/batching/rounding.h"

namespace penstock::sim {
namespace {

constexpr double most_seconds = 1e9;  // As long as arrivals may last, and a little less.
constexpr std::size_t most_changes = 100'000;

std::optional<double> number_of(std::string_view text) {
    const std::string_view digits = trimmed(text);
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole ? std::optional(number) : std::nullopt;
}

std::optional<ScaleChange> change_of(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::optional<double> seconds = number_of(text.substr(0, colon));
    const std::optional<double> share = number_of(text.substr(colon + 1));
    const auto scale = share ? batching::BatchScale::from(*share) : std::nullopt;
    const bool comes = seconds && *seconds >= 0 && *seconds <= most_seconds;
    if (!scale || !comes) {
        return std::nullopt;
    }
    return ScaleChange{.at_ns = batching::nanoseconds(*seconds), .scale = *scale};
}

}  // namespace

Result<ScaleCourse> parse_scales(std::string_view text) {
    ScaleCourse course;
    for (const std::string_view word : split(text, ',')) {
        const std::optional<ScaleChange> change = change_of(word);
        if (!change) {
            return fail(printable(word) +
                        " is no SECONDS:SCALE, with seconds from 0 to 1e9 and a scale from 0 to 1");
        }
        if (!course.empty() && change->at_ns <= course.back().at_ns) {
            return fail(printable(word) + " is not later than the one before");
        }
        if (course.size() == most_changes) {
            return fail("more than " + std::to_string(most_changes) + " changes");
        }
        course.push_back(*change);
    }
    return course;
}

}  // namespace penstock::sim
