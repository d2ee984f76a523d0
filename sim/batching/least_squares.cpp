// SPDX-License-Identifier: Apache-2.0
//
// By modified Gram and Schmidt: the columns are made orthogonal one after the other. Unlike the
// normal equations this does not square the differences of scale between a constant, a length and
// their products.

#include "sim/batching/least_squares.h"

#include <cmath>
#include <vector>

namespace penstock::sim {
namespace {

using Column = std::vector<double>;

constexpr std::size_t unknowns = 3;
// What remains of a column that is a combination of the others is only rounding.
constexpr double least_rest = 1e-9;

double product(const Column& a, const Column& b) {
    double sum = 0;
    for (std::size_t row = 0; row < a.size(); ++row) {
        sum += a[row] * b[row];
    }
    return sum;
}

// The part of `from` that lies along `unit` is taken out, and answered.
double take_out(Column& from, const Column& unit) {
    const double part = product(from, unit);
    for (std::size_t row = 0; row < from.size(); ++row) {
        from[row] -= part * unit[row];
    }
    return part;
}

}  // namespace

std::optional<std::array<double, 3>> least_squares(std::span<const Equation> equations) {
    std::array<Column, unknowns> columns{};
    Column rest;
    for (const Equation& equation : equations) {
        for (std::size_t number = 0; number < unknowns; ++number) {
            columns[number].push_back(equation.factors[number]);
        }
        rest.push_back(equation.measured);
    }
    std::array<std::array<double, unknowns>, unknowns> triangle{};
    std::array<double, unknowns> parts{};
    for (std::size_t number = 0; number < unknowns; ++number) {
        Column& column = columns[number];
        const double before = std::sqrt(product(column, column));
        for (std::size_t other = 0; other < number; ++other) {
            triangle[other][number] = take_out(column, columns[other]);
        }
        const double length = std::sqrt(product(column, column));
        if (!(length > least_rest * before)) {
            return std::nullopt;
        }
        triangle[number][number] = length;
        for (double& each : column) {
            each /= length;
        }
        parts[number] = take_out(rest, column);
    }
    std::array<double, unknowns> found{};
    for (std::size_t number = unknowns; number-- > 0;) {
        double sum = parts[number];
        for (std::size_t other = number + 1; other < unknowns; ++other) {
            sum -= triangle[number][other] * found[other];
        }
        found[number] = sum / triangle[number][number];
    }
    return found;
}

}  // namespace penstock::sim
