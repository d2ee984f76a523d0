// SPDX-License-Identifier: Apache-2.0
//
// Bounds: what the design demands of the shipped scenarios, for the rows of `penstock-sim paper`
// and for the tests alike. Where a band can be computed (expectations.h), it is narrower.

#pragma once

namespace penstock::sim::bounds {

// Of the foreground's 99th percentile beside itself alone: 8 kernels held back in flight, 16, and
// where what is in flight is taken away.
inline constexpr double slowdown_of_8 = 1.06;
inline constexpr double slowdown_of_16 = 1.10;
inline constexpr double slowdown_taken_away = 1.01;
inline constexpr double background_beside_held = 0.78;
inline constexpr double background_beside_taken_away = 0.79;

// Of a kernel's length, from the order until nothing runs: 8 kernels held back, and one.
inline constexpr double yield_of_8_least = 7.0;
inline constexpr double yield_of_8_most = 8.2;
inline constexpr double yield_of_1 = 1.05;
inline constexpr double yield_spread = 0.05;

inline constexpr double threshold_overhead = 0.01;

inline constexpr double partition_error = 0.01;
inline constexpr double partition_overhead = 0.015;
inline constexpr double fair_error = 0.01;  // Of each share.
inline constexpr double fairness = 0.999;   // Jain's index.

inline constexpr double aging_error = 0.002;
inline constexpr double longest_wait_ms = 310;

inline constexpr double production = 0.985;
inline constexpr double opportunistic = 0.19;

inline constexpr double serving_gain = 1.3;  // Of the 99th percentile of stretch, over native.
inline constexpr double serving_misses = 0.01;

}  // namespace penstock::sim::bounds
