// SPDX-License-Identifier: Apache-2.0
//
// Traces of requests, and grids of measurements: what is accepted is within its bounds, and can be
// put in order.

#include <algorithm>

#include "sim/batching/calibration.h"
#include "sim/batching/trace_file.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

using sim::GridPoint;
using sim::RawTrace;
using sim::Trace;
using sim::TraceRow;

bool is_count(std::uint32_t tokens) {
    return tokens >= 1 && tokens <= batching::most_tokens;
}

void check(const RawTrace& raw) {
    require(!raw.rows.empty() && raw.by_id.size() == raw.rows.size());
    for (const TraceRow& row : raw.rows) {
        require(is_count(row.prompt) && is_count(row.output) && is_count(row.predicted));
    }
    const Result<Trace> trace = sim::make_trace(raw, 1);
    if (trace) {
        require(std::ranges::is_sorted(trace->arrivals_ns));
        require(trace->arrivals_ns.front() == 0);
        require(std::ranges::is_sorted(
            trace->by_id, {}, [&](std::uint32_t number) { return trace->ids[number]; }));
    }
}

void check(const std::vector<GridPoint>& points) {
    for (const GridPoint& point : points) {
        require(point.requests > 0 && point.longest > 0 && point.seconds > 0);
    }
    const auto calibration = sim::calibrate(points, batching::ServiceTime::Kind::seed);
    if (calibration) {
        require(calibration->service.alpha >= 0 && calibration->service.beta > 0);
        require(calibration->residuals_s.size() == points.size());
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    namespace fuzz = penstock::fuzz;
    const std::string_view text = fuzz::as_text({bytes, size});
    if (const auto raw = penstock::sim::parse_requests("f", text)) {
        fuzz::check(*raw);
    }
    if (const auto points = penstock::sim::parse_grid("f", text)) {
        fuzz::check(*points);
    }
    return 0;
}
