// SPDX-License-Identifier: Apache-2.0
//
// Least squares: the three coefficients of a linear model that come closest to what was measured.

#pragma once

#include <array>
#include <optional>
#include <span>

namespace penstock::sim {

// A measurement and what the coefficients are multiplied with.
struct Equation {
    std::array<double, 3> factors{};
    double measured = 0;
};

// Nothing when the equations do not determine them: there are too few, or some factor is a
// combination of the others.
[[nodiscard]] std::optional<std::array<double, 3>> least_squares(
    std::span<const Equation> equations);

}  // namespace penstock::sim
