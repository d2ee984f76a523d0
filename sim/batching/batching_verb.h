// SPDX-License-Identifier: Apache-2.0
//
// Batching verb: what the command line asks of the batching simulator.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/batching/arrivals.h"
#include "sim/batching/scale_course.h"

namespace penstock::sim {

struct Batching {
    enum class Task : std::uint8_t {
        run,       // Once, as the configuration has it.
        compare,   // Modes side by side.
        sweep,     // One key with several values.
        capacity,  // The highest rate that is served in time.
    };

    std::string requests{};
    std::string config{};
    Task task = Task::run;
    std::vector<std::string> changes{};  // "KEY=VALUE", instead of what the configuration says.
    std::vector<std::string> modes{};    // To compare, beside the baselines; all when empty.
    std::string sweep{};                 // "KEY=A,B,C".
    std::vector<double> rates{};         // Multiples of the trace's, each beside the others.
    double most_late_percent = 5;        // At the capacity.
    std::string calibration{};           // A grid whose fit replaces the configured times.
    std::optional<ArrivalProcess> arrivals{};  // Instead of the trace's.
    std::uint64_t seed = 1;                    // Of those.
    ScaleCourse scales{};                      // How batches are held back.
    std::string out_requests{};                // Files to be written; none when empty.
    std::string out_events{};
    std::string chrome_trace{};
    std::string gnuplot{};  // A folder.
    bool json = false;      // Of several runs, instead of a table.
};

// As those of sim/verbs.h.
Result<> run(const Batching& verb);

}  // namespace penstock::sim
