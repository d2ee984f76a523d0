// SPDX-License-Identifier: Apache-2.0
//
// Trace file: reads requests from a CSV file, whose columns tell what kind of trace it is: ours,
// BurstGPT's, Azure's LLM inference trace or Mooncake's. docs/batching.md lists the columns.

#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sim/batching/request_trace.h"

namespace penstock::sim {

// What is wrong is told with file and line, and nothing is taken from the file then. A count of
// tokens that is 0 becomes 1.
[[nodiscard]] Result<RawTrace> parse_requests(const std::string& file, std::string_view text);

[[nodiscard]] Result<RawTrace> load_requests(const std::string& file);

}  // namespace penstock::sim
