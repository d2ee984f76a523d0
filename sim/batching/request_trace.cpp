// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/request_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "policies/batching/rounding.h"

namespace penstock::sim {
namespace {

std::vector<std::uint32_t> places(std::size_t count) {
    std::vector<std::uint32_t> all(count);
    std::iota(all.begin(), all.end(), 0U);
    return all;
}

// What is sorted already stays as it is: most traces are.
template <typename Less>
void sort_places(std::vector<std::uint32_t>& all, Less less) {
    if (!std::ranges::is_sorted(all, less)) {
        std::ranges::sort(all, less);
    }
}

}  // namespace

Result<> order_by_id(RawTrace& raw, const std::vector<std::uint32_t>& lines) {
    raw.by_id = places(raw.rows.size());
    sort_places(raw.by_id, [&](std::uint32_t a, std::uint32_t b) {
        return raw.rows[a].id != raw.rows[b].id ? raw.rows[a].id < raw.rows[b].id : a < b;
    });
    const auto twice = std::ranges::adjacent_find(
        raw.by_id, {}, [&](std::uint32_t place) { return raw.rows[place].id; });
    if (twice == raw.by_id.end()) {
        return {};
    }
    return fail(fmt::format("{}:{}: the id {} stands in line {} already",
                            raw.file,
                            lines[*std::next(twice)],
                            raw.rows[*twice].id,
                            lines[*twice]));
}

Result<Trace> make_trace(const RawTrace& raw, double rps_scale) {
    const auto count = static_cast<std::uint32_t>(raw.rows.size());
    const std::int64_t begin = std::ranges::min(raw.rows, {}, &TraceRow::arrival_us).arrival_us;
    std::vector<std::int64_t> arrivals(count);
    for (std::uint32_t place = 0; place < count; ++place) {
        std::int64_t since = 0;
        if (__builtin_sub_overflow(raw.rows[place].arrival_us, begin, &since)) {
            return fail(raw.file + ": the arrivals are too far from each other");
        }
        arrivals[place] = batching::rounded(static_cast<double>(since) * 1000.0 / rps_scale);
        if (arrivals[place] > batching::longest_ns / 2) {
            return fail(raw.file + ": the arrivals last longer than 36 years");
        }
    }
    std::vector<std::uint32_t> order = places(count);
    sort_places(order, [&](std::uint32_t a, std::uint32_t b) {
        return arrivals[a] != arrivals[b] ? arrivals[a] < arrivals[b]
                                          : raw.rows[a].id < raw.rows[b].id;
    });
    Trace trace;
    trace.ids.reserve(count);
    trace.arrivals_ns.reserve(count);
    trace.requests.reserve(count);
    std::vector<std::uint32_t> numbers(count);
    for (std::uint32_t number = 0; number < count; ++number) {
        const TraceRow& row = raw.rows[order[number]];
        trace.ids.push_back(row.id);
        trace.arrivals_ns.push_back(arrivals[order[number]]);
        trace.requests.push_back({.number = number,
                                  .prompt = row.prompt,
                                  .output = row.output,
                                  .predicted = row.predicted});
        numbers[order[number]] = number;
    }
    trace.by_id.reserve(count);
    for (const std::uint32_t place : raw.by_id) {
        trace.by_id.push_back(numbers[place]);
    }
    return trace;
}

double requests_per_second(const Trace& trace) {
    const std::int64_t lasted = trace.arrivals_ns.back();
    return lasted == 0 ? 0
                       : static_cast<double>(trace.size() - 1) * 1e9 / static_cast<double>(lasted);
}

}  // namespace penstock::sim
