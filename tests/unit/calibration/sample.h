// SPDX-License-Identifier: Apache-2.0
//
// Sample: a calibration as a machine with two cores could have got it, on which the canary works.

#pragma once

#include "agent/probes/calibration/calibration.h"

namespace penstock::calibration::test {

inline CanaryTrial good_trial() {
    return {.period = std::chrono::milliseconds(20),
            .buffer_bytes = 134217728,
            .alone = 130,
            .loaded = 120,
            .discarded = 7,
            .chase = {.alone_ns = 100,
                      .loaded_ns = 200,
                      .change = 0.98,
                      .interval = {.low = 0.9, .high = 1.1},
                      .auc = 0.97},
            .read = {.alone_ns = 5,
                     .loaded_ns = 6,
                     .change = 0.19,
                     .interval = {.low = -0.05, .high = 0.25},
                     .auc = 0.8}};
}

inline Calibration sample() {
    return {.date = "2026-11-28T12:34:56Z",
            .kernel = "6.12.0",
            .method = "median of 5 rounds",
            .processors = 2,
            .cache_bytes = 33554432,
            .buffer_bytes = 134217728,
            .others = 0.01,
            .peaks = {{.node = 0,
                       .cores = 1,
                       .read = {14'900'000'000},
                       .write = {13'000'000'000},
                       .copy = {12'000'000'000}},
                      {.node = 0,
                       .cores = 2,
                       .read = {28'100'000'000},
                       .write = {20'000'000'000},
                       .copy = {27'000'000'000}}},
            .canary = good_trial()};
}

}  // namespace penstock::calibration::test
