// SPDX-License-Identifier: Apache-2.0
//
// Configurations of the batching simulator: what nothing was objected to can be run, and serves
// everybody.

#include <algorithm>
#include <ranges>

#include "sim/batching/batching_run.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

using sim::BatchingRun;
using sim::ConfigValues;
using sim::RawTrace;
using sim::RequestOutcome;

RawTrace some_requests() {
    constexpr std::uint32_t count = 12;
    RawTrace raw{.file = "requests"};
    for (std::uint32_t number = 0; number < count; ++number) {
        raw.rows.push_back({.id = number,
                            .arrival_us = std::int64_t{number} * 700,
                            .prompt = 1 + ((number * 37) % 50),
                            .output = 1 + ((number * 11) % 20),
                            .predicted = 1 + ((number * 13) % 20)});
    }
    raw.by_id.resize(raw.rows.size());
    std::ranges::copy(std::views::iota(0U, count), raw.by_id.begin());
    return raw;
}

void run(const ConfigValues& values) {
    const Result<BatchingRun> run =
        sim::run_batching({.trace = some_requests(), .values = values, .calibration = {}}, {});
    if (run) {
        require(std::ranges::all_of(run->outcome.requests, [](const RequestOutcome& request) {
            return request.start_ns >= 0 && request.completion_ns > request.start_ns;
        }));
        require(run->figures.busy_ns > 0 && run->figures.batches > 0);
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    namespace fuzz = penstock::fuzz;
    if (const auto values = penstock::sim::ConfigValues::parse("f", fuzz::as_text({bytes, size}))) {
        fuzz::run(*values);
    }
    return 0;
}
