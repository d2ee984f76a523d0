// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/chance.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <numbers>

namespace penstock::sim {
namespace {

constexpr double logarithm_of_2 = std::numbers::ln2;
constexpr unsigned mantissa_bits = 52;
constexpr std::int64_t exponent_bias = 1023;

std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

double square_root(double number) {
    return exponential_of(natural_logarithm(number) / 2);
}

}  // namespace

Chance Chance::part(std::uint64_t number) const {
    return Chance(mixed(state_ + mixed(number + 1)));
}

std::uint64_t Chance::bits() {
    state_ += 0x9e3779b97f4a7c15U;
    return mixed(state_);
}

double Chance::unit() {
    constexpr unsigned used = 53;
    constexpr double step = 1.0 / (std::uint64_t{1} << used);
    return (static_cast<double>(bits() >> (64U - used)) + 0.5) * step;
}

double Chance::exponential() {
    return -natural_logarithm(unit());
}

// Marsaglia's polar method.
double Chance::normal() {
    while (true) {
        const double x = (2 * unit()) - 1;
        const double y = (2 * unit()) - 1;
        const double square = (x * x) + (y * y);
        if (square > 0 && square < 1) {
            return x * square_root(-2 * natural_logarithm(square) / square);
        }
    }
}

// Marsaglia and Tsang's method; below a shape of 1 by way of the next higher one.
double Chance::gamma(double shape) {
    const double raised = shape < 1 ? shape + 1 : shape;
    const double d = raised - (1.0 / 3);
    const double c = 1 / (3 * square_root(d));
    while (true) {
        const double x = normal();
        const double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
        if (v <= 0) {
            continue;
        }
        if (natural_logarithm(unit()) < x * x / 2 + d - d * v + d * natural_logarithm(v)) {
            const double lowered =
                shape < 1 ? exponential_of(natural_logarithm(unit()) / shape) : 1.0;
            return d * v * lowered / shape;
        }
    }
}

double Chance::lognormal(double sigma) {
    return exponential_of((sigma * normal()) - (sigma * sigma / 2));
}

// ln(m 2^e) = e ln 2 + 2 artanh((m - 1) / (m + 1)), with m near 1 so that the series ends soon.
double natural_logarithm(double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    constexpr std::uint64_t mantissa_mask = (std::uint64_t{1} << mantissa_bits) - 1;
    auto exponent = static_cast<std::int64_t>(bits >> mantissa_bits) - exponent_bias;
    auto mantissa = std::bit_cast<double>((bits & mantissa_mask) |
                                          (std::uint64_t{exponent_bias} << mantissa_bits));
    constexpr double root_of_2 = std::numbers::sqrt2;
    if (mantissa > root_of_2) {
        mantissa /= 2;
        ++exponent;
    }
    const double s = (mantissa - 1) / (mantissa + 1);
    double sum = 0;
    for (int power = 23; power >= 1; power -= 2) {
        sum = sum * s * s + 1.0 / power;
    }
    return (static_cast<double>(exponent) * logarithm_of_2) + (2 * s * sum);
}

// 2^k exp(r), with r near 0.
double exponential_of(double number) {
    const double bounded = std::clamp(number, -700.0, 700.0);
    const double turns = bounded / logarithm_of_2;
    const auto whole = static_cast<std::int64_t>(turns + (turns < 0 ? -0.5 : 0.5));
    const double rest = bounded - (static_cast<double>(whole) * logarithm_of_2);
    double sum = 1;
    for (int term = 16; term >= 1; --term) {
        sum = 1 + sum * rest / term;
    }
    return sum * std::bit_cast<double>(static_cast<std::uint64_t>(whole + exponent_bias)
                                       << mantissa_bits);
}

}  // namespace penstock::sim
