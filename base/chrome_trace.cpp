// SPDX-License-Identifier: Apache-2.0

#include "base/chrome_trace.h"

#include "base/json_text.h"

namespace penstock {
namespace {

constexpr std::int64_t ns_per_us = 1000;

// As the format wants them, with the nanoseconds behind the point.
double microseconds(std::int64_t ns) {
    return static_cast<double>(ns) / double{ns_per_us};
}

JsonText begin(std::string_view name, std::string_view phase, std::uint64_t group) {
    JsonText event;
    event.begin_object();
    event.member("name", name);
    event.member("ph", phase);
    event.member("pid", group);
    return event;
}

// Each but the closing one has a comma behind it.
void end(JsonText event, std::string& text) {
    event.end_object();
    text += std::move(event).take();
    text += ",\n";
}

void add_name(JsonText event, std::string_view called, std::string& text) {
    event.key("args");
    event.begin_object();
    event.member("name", called);
    event.end_object();
    end(std::move(event), text);
}

}  // namespace

void ChromeTrace::open() {
    text_ += "{\"traceEvents\":[\n";
}

void ChromeTrace::name_group(std::uint64_t group, std::string_view name) {
    add_name(begin("process_name", "M", group), name, text_);
}

void ChromeTrace::name_row(const TraceRow& row, std::string_view name) {
    JsonText event = begin("thread_name", "M", row.group);
    event.member("tid", row.row);
    add_name(std::move(event), name, text_);
}

void ChromeTrace::span(const TraceRow& row,
                       std::string_view name,
                       std::int64_t from_ns,
                       std::int64_t for_ns) {
    JsonText event = begin(name, "X", row.group);
    event.member("tid", row.row);
    event.member("ts", microseconds(from_ns));
    event.member("dur", microseconds(for_ns));
    end(std::move(event), text_);
}

void ChromeTrace::mark(const TraceRow& row, std::string_view name, std::int64_t at_ns) {
    JsonText event = begin(name, "i", row.group);
    event.member("s", "t");
    event.member("tid", row.row);
    event.member("ts", microseconds(at_ns));
    end(std::move(event), text_);
}

void ChromeTrace::counter(std::uint64_t group,
                          std::string_view name,
                          std::int64_t at_ns,
                          std::initializer_list<std::pair<std::string_view, double>> values) {
    JsonText event = begin(name, "C", group);
    event.member("ts", microseconds(at_ns));
    event.key("args");
    event.begin_object();
    for (const auto& [key, value] : values) {
        event.member(key, value);
    }
    event.end_object();
    end(std::move(event), text_);
}

void ChromeTrace::close(std::string_view note, std::string_view more) {
    JsonText event = begin(note, "i", 0);
    event.member("s", "g");
    event.member("tid", 0);
    event.member("ts", 0);
    event.end_object();
    text_ += std::move(event).take();
    text_ += "\n],\"displayTimeUnit\":\"ms\",\"otherData\":";
    text_ += more;
    text_ += "}\n";
}

}  // namespace penstock
