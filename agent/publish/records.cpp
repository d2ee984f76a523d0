// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/records.h"

#include <fmt/format.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <sstream>

#include "base/journal.h"
#include "base/text.h"
#include "dbus/metrics.pb.h"

namespace penstock::dbus {
namespace {

constexpr std::uint64_t usec_per_second = 1'000'000;

std::string delimited(const google::protobuf::MessageLite& record) {
    std::ostringstream bytes;
    google::protobuf::util::SerializeDelimitedToOstream(record, &bytes);
    return std::move(bytes).str();
}

}  // namespace

std::optional<StreamFormat> stream_format(std::string_view name) {
    if (name == "jsonl") {
        return StreamFormat::jsonl;
    }
    return name == "protobuf" ? std::optional(StreamFormat::protobuf) : std::nullopt;
}

std::string no_stream_format(std::string_view name) {
    return fmt::format(R"(there is no format "{}": there are "jsonl" and "protobuf")",
                       printable(name));
}

std::string metrics_record(const std::string& line) {
    v1::Metrics record;
    const auto read = google::protobuf::util::JsonStringToMessage(line, &record);
    if (!read.ok()) {
        journal(Severity::error,
                "a line of metrics is no record: " + printable(read.message().ToString()));
        return "";
    }
    return delimited(record);
}

std::string dropped_record(std::uint64_t records) {
    v1::Metrics record;
    record.set_dropped(records);
    return delimited(record);
}

std::string history_record(const HistoryStart& start) {
    v1::History record;
    v1::HistoryStart& first = *record.mutable_start();
    first.set_format(std::string(history_format));
    first.set_monotonic_usec(start.monotonic_usec);
    first.set_realtime_seconds(start.realtime_seconds);
    first.set_step_usec(start.step_usec);
    return delimited(record);
}

std::string history_record(const SeriesPiece& piece) {
    v1::History record;
    record.set_series(piece.series);
    record.set_unit(std::string(piece.unit));
    for (const HourRing::Point& point : piece.points) {
        v1::HistoryPoint& added = *record.add_points();
        added.set_time_usec(usec_of(point));
        added.set_least(point.spread.least);
        added.set_mean(point.spread.mean);
        added.set_most(point.spread.most);
    }
    return delimited(record);
}

std::uint64_t usec_of(const HourRing::Point& point) {
    return static_cast<std::uint64_t>(std::max(point.second, std::int64_t{0})) * usec_per_second;
}

}  // namespace penstock::dbus
