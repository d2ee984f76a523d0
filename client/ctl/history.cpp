// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/clock.h"
#include "client/ctl/history_view.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

// The agent's times are on the machine's monotonic clock, which is ours too.
double epoch_of(TimePoint now) {
    return seconds_since_1970() - std::chrono::duration<double>(now.time_since_epoch()).count();
}

Outcome<> print_series(AgentClient& agent, const std::vector<SeriesView>& series, bool as_json) {
    const Outcome<nlohmann::json> left_out = agent.property("HistoryLeftOut");
    if (!left_out) {
        return std::unexpected(left_out.error());
    }
    const auto count = left_out->is_number_unsigned() ? left_out->get<std::uint64_t>() : 0;
    fmt::print("{}",
               as_json ? series_json(series, count).dump(2) + '\n' : series_text(series, count));
    return {};
}

// As it comes: whoever wants it in a file of his own has all there is.
Outcome<> print_all(AgentClient& agent, TimePoint from, Duration step) {
    const Outcome<Fd> stream = agent.open_history(from, step);
    if (!stream) {
        return std::unexpected(stream.error());
    }
    std::array<char, 65536> piece{};
    pollfd ready{.fd = stream->get(), .events = POLLIN, .revents = 0};
    while (true) {
        const ssize_t count = ::read(stream->get(), piece.data(), piece.size());
        if (count == 0) {
            return {};
        }
        if (count > 0) {
            fmt::print("{}", std::string_view(piece.data(), static_cast<std::size_t>(count)));
        } else if (errno == EAGAIN) {
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return fail(Exit::unreachable,
                        Error{.code = errno, .doing = "read the history"}.message());
        }
    }
}

}  // namespace

Outcome<> run(AgentClient& agent, const History& verb) {
    const TimePoint now = monotonic_now();
    const TimePoint from(std::max(now.time_since_epoch() - verb.since, Duration{}));
    if (verb.all) {
        return print_all(agent, from, verb.step);
    }
    const Outcome<nlohmann::json> listed = agent.property("HistorySeries");
    if (!listed) {
        return std::unexpected(listed.error());
    }
    const std::vector<SeriesView> all = series_from(*listed);
    if (verb.series.empty()) {
        return print_series(agent, all, verb.json);
    }
    const Outcome<nlohmann::json> rows = agent.history(verb.series, from, verb.step);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    const std::vector<PointView> points = points_from(*rows, epoch_of(now));
    const auto found = std::ranges::find(all, verb.series, &SeriesView::name);
    const SeriesView series = found != all.end() ? *found : SeriesView{.name = verb.series};
    fmt::print(
        "{}",
        verb.json ? history_json(series, points).dump(2) + '\n' : history_text(series, points));
    return {};
}

}  // namespace penstock::ctl
