// SPDX-License-Identifier: Apache-2.0
//
// Figures: what a simulated run came to.

#pragma once

#include <string>
#include <vector>

#include "base/units.h"
#include "sim/machine/distribution.h"

namespace penstock::sim {

// Of one job. Requests count by when they arrived, work by when it was done: both after the
// warm-up.
struct JobFigures {
    std::string name{};
    std::uint64_t dram_rate = 0;  // Bytes for each second of its service.
    Distribution latency{};       // Of requests, in ns, from arrival to the end of the last packet.
    Distribution stretch{};       // The same for their own work, in thousandths.
    Distribution yield{};         // From an order to suspend until nothing of it runs, in ns.
    Distribution gap{};           // Between the ends of two requests, in ns.
    std::uint64_t dropped = 0;    // Requests that came too early.
    std::uint64_t packets = 0;
    std::uint64_t preemptions = 0;
    std::uint64_t misses = 0;  // Of deadlines.
    Duration service{};        // Device time that it was given, less what it waited for memory.
    Duration longest_wait{};   // Without a packet's end, while it had work.
    Duration longest_suspension{};  // Of one of its processes, in the whole run.
};

struct DeviceFigures {
    std::string name{};
    Duration busy{};
    Duration standing{};  // Lost to suspending and resuming.
};

struct RunFigures {
    std::string policy{};
    Duration window{};  // What was measured: the duration without the warm-up.
    std::vector<JobFigures> jobs{};
    std::vector<DeviceFigures> devices{};
    Distribution stretch{};  // Of all jobs' requests.
    std::uint64_t events = 0;
    // After the last request: how it was left.
    std::uint64_t launched = 0;  // Packets, of the whole run.
    std::uint64_t executed = 0;
    std::uint64_t lost = 0;  // With processes that were killed.
    Duration work{};         // Of the executed packets.
    Duration service{};      // What the devices gave.
    std::uint64_t made = 0;  // Requests, as the next.
    std::uint64_t completed = 0;
    std::uint64_t queues = 0;
    std::uint64_t queues_completed = 0;  // That had requests, and have none left.
    bool anyone_suspended = false;
    bool finished = false;  // All work was done within the time that winding down may take.
};

// Puts the figures of another machine with the same scenario to those of the first. Which order
// machines come in counts only for the last digits of means.
void add(RunFigures& whole, const RunFigures& other);

}  // namespace penstock::sim
