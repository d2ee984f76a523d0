// SPDX-License-Identifier: Apache-2.0
//
// Request trace: who asks for how many tokens when.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "policies/batching/request.h"

namespace penstock::sim {

// As a file has it: in any order, at any time.
struct TraceRow {
    std::int64_t id = 0;
    std::int64_t arrival_us = 0;
    std::uint32_t prompt = 1;
    std::uint32_t output = 1;
    std::uint32_t predicted = 1;
};

struct RawTrace {
    std::string file{};
    std::vector<TraceRow> rows{};
    std::vector<std::uint32_t> by_id{};  // Places in `rows`, by ascending id.
    std::uint32_t left_out = 0;          // Requests that failed when they were recorded.
};

// In the order in which they are processed: by arrival, and by id where that is the same. The
// number of a request is its place here.
struct Trace {
    std::vector<std::int64_t> ids{};
    std::vector<std::int64_t> arrivals_ns{};  // From the first one.
    std::vector<batching::Request> requests{};
    std::vector<std::uint32_t> by_id{};

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(ids.size()); }
};

// Sorts by id and refuses what comes twice. `lines` says where each row stands.
[[nodiscard]] Result<> order_by_id(RawTrace& raw, const std::vector<std::uint32_t>& lines);

// The rate `rps_scale` times as high. There is at least one row.
[[nodiscard]] Result<Trace> make_trace(const RawTrace& raw, double rps_scale);

// Between the first and the last arrival, per second; 0 where all come at once.
[[nodiscard]] double requests_per_second(const Trace& trace);

}  // namespace penstock::sim
