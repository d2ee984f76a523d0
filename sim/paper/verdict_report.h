// SPDX-License-Identifier: Apache-2.0
//
// Verdict report: the papers' experiments as a table for people, as JSON and as CSV.

#pragma once

#include <string>

#include "sim/paper/verdict.h"

namespace penstock::sim {

[[nodiscard]] std::string verdict_table(const Verdicts& verdicts);
[[nodiscard]] std::string verdict_json(const Verdicts& verdicts);
[[nodiscard]] std::string verdict_csv(const Verdicts& verdicts);

}  // namespace penstock::sim
