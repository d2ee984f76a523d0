// SPDX-License-Identifier: Apache-2.0
//
// Report: a comparison as text: tables for people, JSON and CSV for programs. All of it is
// modelled, and each form says so.

#pragma once

#include <string>

#include "sim/comparison.h"

namespace penstock::sim {

// One table of jobs and one of devices for each policy.
[[nodiscard]] std::string tables(const Comparison& comparison);

// One row for each job and metric, a column for each policy.
[[nodiscard]] std::string side_by_side(const Comparison& comparison);

[[nodiscard]] std::string json_text(const Comparison& comparison);
[[nodiscard]] std::string csv_text(const Comparison& comparison);

}  // namespace penstock::sim
