// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/recording/recording_writer.h"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "agent/probes/recording/base64.h"
#include "agent/probes/recording/recording_limits.h"
#include "base/text.h"

namespace penstock::recording {
namespace {

using nlohmann::ordered_json;

// The last tick's answers must still fit.
constexpr std::uint64_t full = longest_recording - (std::uint64_t{64} << 20);

std::string text_of(const ordered_json& line) {
    return line.dump(-1, ' ', true, ordered_json::error_handler_t::replace);
}

bool is_text(std::string_view bytes) {
    return std::ranges::all_of(bytes,
                               [](char byte) { return static_cast<signed char>(byte) >= 0; });
}

// A failure without errno is a sentence.
void add_failure(ordered_json& line, const Error& error) {
    line["errno"] = error.code;
    if (error.code == 0) {
        line["why"] = printable(error.doing, longest_path);
    }
}

ordered_json json_of(const PerfEvent& event) {
    return {{"type", event.type},
            {"config", event.config},
            {"config1", event.config1},
            {"config2", event.config2}};
}

}  // namespace

RecordingWriter::RecordingWriter(Sink sink, const Head& head, std::string_view program)
    : sink_(std::move(sink)) {
    put(text_of({{"penstock_recording", format_version},
                 {"program", program},
                 {"started", head.started},
                 {"started_at_ns", to_ns(head.started_at)},
                 {"period_ns", head.period.count()},
                 {"emulated", head.emulated}}));
}

Result<> RecordingWriter::tick(TimePoint now) {
    if (Result<> passed = pass_on(); !passed) {
        return passed;
    }
    if (bytes_ >= full) {
        return fail("the recording is as long as one may be: " + std::to_string(bytes_) + " bytes");
    }
    ++ticks_;
    put(text_of({{"tick", to_ns(now)}}));
    return {};
}

Result<> RecordingWriter::finish() {
    return pass_on();
}

Result<> RecordingWriter::pass_on() {
    if (state_ && !waiting_.empty()) {
        state_ = sink_(waiting_);
        waiting_.clear();
    }
    return state_;
}

void RecordingWriter::put(std::string_view line) {
    waiting_.append(line).append("\n");
    bytes_ += line.size() + 1;
}

void RecordingWriter::answer(const std::string& question, const ordered_json& line) {
    std::string text = text_of(line);
    if (text.size() > longest_line) {
        // Of a question that is too long itself nothing can be told.
        const auto first = line.begin();
        text = text_of({{first.key(), first.value()}, {"errno", EFBIG}});
        if (text.size() > longest_line) {
            return;
        }
    }
    Told& told = told_[question];
    if (told.tick != ticks_) {
        told.tick = ticks_;
        told.withheld = 0;
    }
    if (told.line == text) {
        ++told.withheld;
        return;
    }
    for (; told.withheld > 0; --told.withheld) {
        put(told.line);
    }
    put(text);
    told.line = std::move(text);
}

void RecordingWriter::file(const std::string& path,
                           const Result<std::string_view>& content,
                           bool opened) {
    ordered_json line{{"file", path}};
    if (!content) {
        add_failure(line, content.error());
        if (opened) {
            line["opened"] = true;
        }
    } else if (is_text(*content)) {
        line["text"] = *content;
    } else {
        line["base64"] = to_base64(*content);
    }
    answer("file " + path, line);
}

void RecordingWriter::list(const std::string& path, const Result<std::vector<std::string>>& names) {
    ordered_json line{{"list", path}};
    if (names) {
        line["names"] = *names;
    } else {
        add_failure(line, names.error());
    }
    answer("list " + path, line);
}

void RecordingWriter::link(const std::string& path, const Result<std::string>& target) {
    ordered_json line{{"link", path}};
    if (target) {
        line["target"] = *target;
    } else {
        add_failure(line, target.error());
    }
    answer("link " + path, line);
}

void RecordingWriter::counters(std::span<const PerfEvent> events,
                               int cpu,
                               const Result<std::uint64_t>& group) {
    ordered_json list = ordered_json::array();
    for (const PerfEvent& event : events) {
        list.push_back(json_of(event));
    }
    ordered_json line{{"counters", {{"events", std::move(list)}, {"cpu", cpu}}}};
    const std::string question = text_of(line);
    if (group) {
        line["opened"] = true;
        line["group"] = *group;
    } else {
        line["opened"] = group.error().code;
        if (group.error().code == 0) {
            line["why"] = printable(group.error().doing, longest_path);
        }
    }
    answer(question, line);
}

void RecordingWriter::counts(std::uint64_t group, const std::expected<GroupCounts, int>& counts) {
    ordered_json line{{"counts", group}};
    if (counts) {
        line["enabled"] = counts->enabled.count();
        line["running"] = counts->running.count();
        line["values"] = std::span(counts->values).first(counts->size);
    } else {
        line["errno"] = counts.error();
    }
    answer("counts " + std::to_string(group), line);
}

}  // namespace penstock::recording
