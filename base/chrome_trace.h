// SPDX-License-Identifier: Apache-2.0
//
// ChromeTrace: events in the format that Chrome's trace viewer and Perfetto read, one on a line.
//
// The text is whole at any time: opening(), events, closing(). What is shown of foreign names is
// printable ASCII.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace penstock {

// A row of the viewer, in a group of rows. The format calls them process and thread.
struct TraceRow {
    std::uint64_t group = 0;
    std::uint64_t row = 0;
};

class ChromeTrace {
  public:
    // Events are appended to the text, which outlives it.
    explicit ChromeTrace(std::string& text) : text_(text) {}

    void open();
    void name_group(std::uint64_t group, std::string_view name);
    void name_row(const TraceRow& row, std::string_view name);
    void span(const TraceRow& row,
              std::string_view name,
              std::int64_t from_ns,
              std::int64_t for_ns);
    void mark(const TraceRow& row, std::string_view name, std::int64_t at_ns);

    // Several values of one moment, drawn on top of each other.
    void counter(std::uint64_t group,
                 std::string_view name,
                 std::int64_t at_ns,
                 std::initializer_list<std::pair<std::string_view, double>> values);

    // After the last event, with a note for whoever looks at it. `more` is an object of JSON.
    void close(std::string_view note, std::string_view more);

  private:
    std::string& text_;
};

}  // namespace penstock
