// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

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

}  // namespace

Outcome<> run(AgentClient& agent, const History& verb) {
    const Outcome<nlohmann::json> listed = agent.property("HistorySeries");
    if (!listed) {
        return std::unexpected(listed.error());
    }
    const std::vector<SeriesView> all = series_from(*listed);
    if (verb.series.empty()) {
        return print_series(agent, all, verb.json);
    }
    const TimePoint now = monotonic_now();
    const Duration up = now.time_since_epoch();
    const Outcome<nlohmann::json> rows =
        agent.history(verb.series, TimePoint(std::max(up - verb.since, Duration{})), verb.step);
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
