// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/recording/recording_line.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "agent/probes/recording/base64.h"
#include "agent/probes/recording/recording_limits.h"
#include "base/text.h"

namespace penstock::recording {
namespace {

using nlohmann::json;

constexpr std::int64_t largest_errno = 4095;
constexpr int deepest = 4;  // Of {"counters":{"events":[{"type":...
constexpr std::int64_t longest_time_ns = std::int64_t{1} << 62;
constexpr Duration longest_period = std::chrono::hours(24);
constexpr std::size_t longest_sentence = 512;

std::unexpected<Error> wrong(const std::string& key, std::string_view expected) {
    return fail('"' + key + "\" is not " + std::string(expected));
}

const json* member(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

// A recording may come from anybody: numbers are taken only as JSON's integers, within what the
// kernel could have answered.
std::optional<std::int64_t> number_in(const json& object,
                                      const char* key,
                                      std::int64_t least,
                                      std::int64_t most) {
    const json* value = member(object, key);
    if (value == nullptr || !value->is_number_integer() ||
        (value->is_number_unsigned() &&
         value->get<std::uint64_t>() > static_cast<std::uint64_t>(most))) {
        return std::nullopt;
    }
    const auto number = value->get<std::int64_t>();
    return number >= least && number <= most ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> word_in(const json& object, const char* key) {
    const json* value = member(object, key);
    return value != nullptr && value->is_number_unsigned()
               ? std::optional(value->get<std::uint64_t>())
               : std::nullopt;
}

Result<std::string> path_in(const json& line, const char* key) {
    const json* value = member(line, key);
    if (value == nullptr || !value->is_string()) {
        return wrong(key, "a path");
    }
    const auto& path = value->get_ref<const std::string&>();
    if (path.empty() || path.size() > longest_path || path.starts_with('/')) {
        return wrong(key, "a path of at most 4096 bytes without a leading slash");
    }
    return path;
}

// Error 0 is a failure of which no errno is known.
std::optional<Error> failure_in(const json& line, const char* key, const std::string& doing) {
    const auto code = number_in(line, key, 0, largest_errno);
    if (!code) {
        return std::nullopt;
    }
    if (*code != 0) {
        return Error{.code = static_cast<int>(*code), .doing = doing};
    }
    const json* why = member(line, "why");
    return Error{.doing = why != nullptr && why->is_string()
                              ? printable(why->get_ref<const std::string&>(), longest_sentence)
                              : doing + " failed when it was recorded"};
}

Result<Line> head_from(const json& line) {
    const auto version = number_in(line, "penstock_recording", 0, format_version);
    const auto started_at = number_in(line, "started_at_ns", 0, longest_time_ns);
    const auto period = number_in(line, "period_ns", 1, longest_period.count());
    const json* started = member(line, "started");
    const json* emulated = member(line, "emulated");
    if (version != format_version) {
        return wrong("penstock_recording", "1, the only version that is understood");
    }
    if (!started_at) {
        return wrong("started_at_ns", "a time in nanoseconds");
    }
    if (!period) {
        return wrong("period_ns", "a time in nanoseconds, above 0 and at most a day");
    }
    if (started == nullptr || !started->is_number() || !(started->get<double>() >= 0)) {
        return wrong("started", "a time in seconds since 1970");
    }
    if (emulated == nullptr || !emulated->is_boolean()) {
        return wrong("emulated", "true or false");
    }
    return Head{.started = started->get<double>(),
                .started_at = from_ns(*started_at),
                .period = Duration(*period),
                .emulated = emulated->get<bool>()};
}

Result<Line> tick_from(const json& line) {
    const auto now = number_in(line, "tick", 0, longest_time_ns);
    if (!now) {
        return wrong("tick", "a time in nanoseconds");
    }
    return Tick{.now = from_ns(*now)};
}

Result<Line> list_from(const json& line) {
    Result<std::string> path = path_in(line, "list");
    if (!path) {
        return std::unexpected(std::move(path).error());
    }
    if (auto failure = failure_in(line, "errno", "list /" + *path)) {
        return ListAnswer{.path = std::move(*path), .names = std::unexpected(std::move(*failure))};
    }
    const json* names = member(line, "names");
    if (names == nullptr || !names->is_array()) {
        return wrong("names", "a list of names, and there is no errno");
    }
    std::vector<std::string> found;
    for (const json& name : *names) {
        if (!name.is_string() || name.get_ref<const std::string&>().empty()) {
            return wrong("names", "a list of names");
        }
        found.push_back(name.get<std::string>());
    }
    return ListAnswer{.path = std::move(*path), .names = std::move(found)};
}

Result<Line> file_from(const json& line) {
    Result<std::string> path = path_in(line, "file");
    if (!path) {
        return std::unexpected(std::move(path).error());
    }
    const json* opened = member(line, "opened");
    const bool was_open = opened != nullptr && opened->is_boolean() && opened->get<bool>();
    if (auto failure = failure_in(line, "errno", (was_open ? "read /" : "open /") + *path)) {
        return FileAnswer{.path = std::move(*path),
                          .content = std::unexpected(std::move(*failure)),
                          .opened = was_open};
    }
    if (const json* text = member(line, "text"); text != nullptr && text->is_string()) {
        return FileAnswer{.path = std::move(*path), .content = text->get<std::string>()};
    }
    const json* encoded = member(line, "base64");
    auto bytes = encoded != nullptr && encoded->is_string()
                     ? from_base64(encoded->get_ref<const std::string&>())
                     : std::nullopt;
    if (!bytes) {
        return fail("a file needs one of \"text\", \"base64\" and \"errno\"");
    }
    return FileAnswer{.path = std::move(*path), .content = std::move(*bytes)};
}

Result<Line> link_from(const json& line) {
    Result<std::string> path = path_in(line, "link");
    if (!path) {
        return std::unexpected(std::move(path).error());
    }
    if (auto failure = failure_in(line, "errno", "read the link /" + *path)) {
        return LinkAnswer{.path = std::move(*path), .target = std::unexpected(std::move(*failure))};
    }
    const json* target = member(line, "target");
    if (target == nullptr || !target->is_string()) {
        return wrong("target", "a path, and there is no errno");
    }
    return LinkAnswer{.path = std::move(*path), .target = target->get<std::string>()};
}

std::optional<PerfEvent> event_from(const json& event) {
    const auto type = number_in(event, "type", 0, std::numeric_limits<std::uint32_t>::max());
    const auto config = word_in(event, "config");
    const auto config1 = word_in(event, "config1");
    const auto config2 = word_in(event, "config2");
    if (!type || !config || !config1 || !config2) {
        return std::nullopt;
    }
    return PerfEvent{.type = static_cast<std::uint32_t>(*type),
                     .config = *config,
                     .config1 = *config1,
                     .config2 = *config2};
}

Result<Line> counters_from(const json& line) {
    const json& question = line["counters"];
    const json* events = member(question, "events");
    const auto cpu = number_in(question, "cpu", -1, std::numeric_limits<int>::max());
    if (events == nullptr || !events->is_array() || events->empty() ||
        events->size() > most_events_in_group || !cpu) {
        return wrong("counters", "up to 16 events and a cpu");
    }
    CountersAnswer answer{.cpu = static_cast<int>(*cpu)};
    for (const json& each : *events) {
        const auto event = event_from(each);
        if (!event) {
            return wrong("events", "a list of type, config, config1 and config2 each");
        }
        answer.events.push_back(*event);
    }
    const json* opened = member(line, "opened");
    if (opened != nullptr && opened->is_boolean() && opened->get<bool>()) {
        const auto group = number_in(line, "group", 0, most_groups - 1);
        if (!group) {
            return wrong("group", "a number below 65536");
        }
        answer.group = static_cast<std::uint64_t>(*group);
        return answer;
    }
    auto failure = failure_in(line, "opened", "open a perf counter");
    if (!failure) {
        return wrong("opened", "true or an errno");
    }
    answer.group = std::unexpected(std::move(*failure));
    return answer;
}

Result<Line> counts_from(const json& line) {
    const auto group = number_in(line, "counts", 0, most_groups - 1);
    if (!group) {
        return wrong("counts", "the number of a group");
    }
    CountsAnswer answer{.group = static_cast<std::uint64_t>(*group)};
    if (const auto failure = number_in(line, "errno", 1, largest_errno)) {
        answer.counts = std::unexpected(static_cast<int>(*failure));
        return answer;
    }
    const auto enabled = number_in(line, "enabled", 0, longest_time_ns);
    const auto running = number_in(line, "running", 0, longest_time_ns);
    const json* values = member(line, "values");
    if (!enabled || !running || values == nullptr || !values->is_array() || values->empty() ||
        values->size() > most_events_in_group) {
        return fail(
            "counts need \"enabled\", \"running\" and up to 16 \"values\", or an \"errno\"");
    }
    GroupCounts counts{
        .enabled = Duration(*enabled), .running = Duration(*running), .size = values->size()};
    for (std::size_t each = 0; each < values->size(); ++each) {
        if (!(*values)[each].is_number_unsigned()) {
            return wrong("values", "a list of counts");
        }
        counts.values.at(each) = (*values)[each].get<std::uint64_t>();
    }
    answer.counts = counts;
    return answer;
}

struct Kind {
    const char* key;
    Result<Line> (*parse)(const json& line);
};

constexpr std::array kinds{
    Kind{.key = "penstock_recording", .parse = head_from},
    Kind{.key = "tick", .parse = tick_from},
    Kind{.key = "list", .parse = list_from},
    Kind{.key = "file", .parse = file_from},
    Kind{.key = "link", .parse = link_from},
    Kind{.key = "counters", .parse = counters_from},
    Kind{.key = "counts", .parse = counts_from},
};

// Nothing that is nested deeper than a recording ever is gets built.
bool wanted(int depth, json::parse_event_t /*event*/, json& /*parsed*/) {
    return depth <= deepest;
}

}  // namespace

Result<Line> parse_line(std::string_view line) {
    const json parsed = json::parse(line, &wanted, false);
    if (!parsed.is_object()) {
        return fail("it is not a JSON object");
    }
    for (const Kind& kind : kinds) {
        if (parsed.contains(kind.key)) {
            return kind.parse(parsed);
        }
    }
    return fail("it is none of tick, list, file, link, counters and counts");
}

}  // namespace penstock::recording
