// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/history_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "agent/publish/dictionary.h"
#include "agent/publish/figures.h"
#include "agent/publish/history_streams.h"
#include "base/clock.h"
#include "base/text.h"

namespace penstock::dbus {
namespace {

constexpr std::uint64_t usec_per_second = 1'000'000;

std::uint64_t rounded_up(std::uint64_t amount, std::uint64_t unit) {
    return (amount / unit) + (amount % unit == 0 ? 0 : 1);
}

// 0 stands for what the question leaves open.
std::optional<std::int64_t> second(std::uint64_t number, std::uint64_t usec) {
    return usec == 0 ? std::nullopt : std::optional(static_cast<std::int64_t>(number));
}

// Counted are the periods that were asked for, also those of which nothing is kept: what may be
// asked does not depend on how long the agent has been running.
Answer<> check_points(const History::Question& question, std::int64_t present) {
    const std::int64_t end = std::min(question.end.value_or(present + 1), present + 1);
    if (!question.first || *question.first >= end) {
        return {};
    }
    const auto asked = static_cast<std::uint64_t>(end - *question.first);
    const std::uint64_t points = rounded_up(asked, static_cast<std::uint64_t>(question.step));
    if (points <= most_points) {
        return {};
    }
    return refuse(error::invalid_args,
                  fmt::format("these would be {} points, and at most {} are given at once: a "
                              "step_usec of {} or more would do",
                              points,
                              most_points,
                              rounded_up(asked, most_points) * usec_per_second));
}

Answer<History::Question> question_of(std::uint64_t from_usec,
                                      std::uint64_t to_usec,
                                      std::uint64_t step_usec) {
    if (step_usec % usec_per_second != 0) {
        return refuse(error::invalid_args,
                      fmt::format("a step_usec of {} is out of range: steps are whole seconds, of "
                                  "{} and more",
                                  step_usec,
                                  usec_per_second));
    }
    if (to_usec != 0 && from_usec >= to_usec) {
        return refuse(error::invalid_args,
                      fmt::format("from_usec {} is not before to_usec {}", from_usec, to_usec));
    }
    const std::uint64_t step = std::max(step_usec / usec_per_second, std::uint64_t{1});
    return History::Question{.first = second(from_usec / usec_per_second, from_usec),
                             .end = second(rounded_up(to_usec, usec_per_second), to_usec),
                             .step = static_cast<std::int64_t>(step)};
}

// Who is trusted is not counted.
bool may_have(Surface& surface, std::uint32_t uid, std::size_t points) {
    if (surface.is_own(uid)) {
        return true;
    }
    for (std::size_t counted = 0; counted <= points; counted += KeptHistory::points_per_request) {
        if (!surface.history.quota.take(uid, surface.now)) {
            return false;
        }
    }
    return true;
}

Answer<StreamFormat> format_of(const BulkOptions& options) {
    if (!options.unknown_key.empty()) {
        return refuse(
            error::invalid_args,
            "there is no option \"" + options.unknown_key + "\": there are format and step-usec");
    }
    const std::optional<StreamFormat> known = stream_format(options.format);
    return known ? Answer<StreamFormat>(*known)
                 : refuse(error::invalid_args, no_stream_format(options.format));
}

// All series have the same periods, so that their points can be laid side by side. What is longer
// ago than an hour is kept of none.
HistoryStreams::Span kept_part(const History::Question& question, std::int64_t present) {
    const std::int64_t end = std::min(question.end.value_or(present + 1), present + 1);
    const std::int64_t oldest = std::max(present + 1 - HourRing::seconds_kept, std::int64_t{0});
    const std::int64_t first = std::max(question.first.value_or(oldest), oldest);
    return {.first = std::min(first, end), .end = end, .step = question.step};
}

// By which the times of all points can be told.
HistoryStart start_of(const HistoryStreams::Span& span) {
    return {.monotonic_usec = usec_of(monotonic_now().time_since_epoch()),
            .realtime_seconds = seconds_since_1970(),
            .step_usec = static_cast<std::uint64_t>(span.step) * usec_per_second};
}

HistoryRow row_of(const HourRing::Point& point) {
    return {usec_of(point), point.spread.least, point.spread.mean, point.spread.most};
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): the parameters are the member's.
Answer<std::vector<HistoryRow>> get_history(ManagerObject& manager,
                                            const Caller& /*caller*/,
                                            const std::string& series,
                                            std::uint64_t from_usec,
                                            std::uint64_t to_usec,
                                            std::uint64_t step_usec,
                                            const NoOptions& /*options*/) {
    Surface& surface = manager.surface;
    const Answer<std::uint32_t> uid = surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    const History& figures = surface.history.figures;
    const Answer<History::Question> question = question_of(from_usec, to_usec, step_usec);
    if (!question) {
        return std::unexpected(question.error());
    }
    if (Answer<> few = check_points(*question, figures.present()); !few) {
        return std::unexpected(std::move(few).error());
    }
    const auto points = figures.points(series, *question);
    if (!points) {
        return refuse(error::invalid_args,
                      fmt::format("there is no series \"{}\": HistorySeries has the names of those "
                                  "there are, and penstockctl history prints them",
                                  printable(series)));
    }
    if (!may_have(surface, *uid, points->size())) {
        return refuse(
            error::limits_exceeded,
            "you have asked for too many points at once: ask later, or with a longer step");
    }
    std::vector<HistoryRow> rows;
    rows.reserve(points->size());
    std::ranges::transform(*points, std::back_inserter(rows), row_of);
    return rows;
}

int Codec<BulkOptions>::read(sd_bus_message* message, BulkOptions& value) {
    return read_dictionary(message, [&](const std::string& key) {
        if (key == "format") {
            return read_variant(message, value.format);
        }
        if (key == "step-usec") {
            return read_variant(message, value.step_usec);
        }
        value.unknown_key = key;
        return sd_bus_message_skip(message, "v");
    });
}

Answer<Fd> open_history(ManagerObject& manager,
                        const Caller& /*caller*/,
                        std::uint64_t from_usec,
                        std::uint64_t to_usec,
                        const BulkOptions& options) {
    Surface& surface = manager.surface;
    const Answer<std::uint32_t> uid = surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    const Answer<StreamFormat> format = format_of(options);
    if (!format) {
        return std::unexpected(format.error());
    }
    const Answer<History::Question> question = question_of(from_usec, to_usec, options.step_usec);
    if (!question) {
        return std::unexpected(question.error());
    }
    const History& figures = surface.history.figures;
    const HistoryStreams::Span span = kept_part(*question, figures.present());
    const auto seconds = static_cast<std::uint64_t>(span.end - span.first);
    const std::uint64_t points =
        rounded_up(seconds, static_cast<std::uint64_t>(span.step)) * figures.series().size();
    // What can never be had must not use up what can.
    const bool ever = points / KeptHistory::points_per_request < KeptHistory::share.burst;
    if ((!ever && !surface.is_own(*uid)) || !may_have(surface, *uid, points)) {
        return refuse(
            error::limits_exceeded,
            fmt::format("these would be {} points, and you may not have so many now: ask later, or "
                        "with a longer step-usec",
                        points));
    }
    return surface.histories->open(*uid, span, start_of(span), *format);
}

std::vector<SeriesRow> history_series(const ManagerObject& manager) {
    std::vector<SeriesRow> rows;
    for (const TrackedFigure& figure : manager.surface.history.figures.series()) {
        const TrackedWords& words = words_of(figure);
        rows.emplace_back(name_of(figure), words.unit, words.sentence);
    }
    return rows;
}

std::uint32_t history_left_out(const ManagerObject& manager) {
    return static_cast<std::uint32_t>(manager.surface.history.figures.left_out());
}

}  // namespace penstock::dbus
