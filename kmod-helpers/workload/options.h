// SPDX-License-Identifier: Apache-2.0
//
// Options of penstock-kfd-workload, parsed and checked.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "client/protocol/messages.h"
#include "kmod-helpers/workload/arrivals.h"

namespace penstock::workload {

enum class Misbehaviour : std::uint8_t {
    none,
    liar_pointers,  // Write pointers that jump, fall and claim more than the ring holds.
    unmap_ring,     // The queue's memory disappears while the device uses it.
    die_in_ioctl,   // Killed while blocked in the driver.
    short_args,     // ioctl arguments shorter than their structure.
    absurd_sizes,   // Sizes and addresses that no driver can honour.
};

// What becomes of the orders that a cooperating client gets.
enum class Disobedience : std::uint8_t {
    none,
    silent,  // Never answered.
    lie,     // Answered as if they had been carried out.
    error,   // Answered with EIO.
};

struct Options {
    std::string name{};  // Shown by ps and by the agent; "": that of the program.
    std::string kfd = "/dev/kfd";
    std::string sysfs = "/sys";
    std::uint32_t gpu_id = 0;  // 0: the first one in the topology.
    std::uint32_t queues = 1;
    std::uint32_t kernels_per_request = 4;
    bool enable_runtime = true;
    std::uint64_t kernel_us = 500;
    std::uint64_t dram_read_bytes = 4'000'000;  // Per kernel.
    std::uint64_t dram_written_bytes = 1'000'000;
    double load = 0.2;  // Part of the device that the open loop asks for.
    std::uint64_t seed = 1;
    std::uint64_t depth = 8;
    double duration_s = 0;      // 0: until SIGTERM or SIGINT.
    std::int64_t start_at = 0;  // CLOCK_MONOTONIC ns; 0: at once.
    ArrivalPattern arrivals = ArrivalPattern::poisson;
    bool closed = false;
    bool spins = false;
    Misbehaviour misbehaviour = Misbehaviour::none;
    Disobedience disobedience = Disobedience::none;
    std::string log{};                 // "": none.
    std::string cooperation_socket{};  // "": does not cooperate.
    std::vector<client::Ability> abilities{client::Ability::save,
                                           client::Ability::limit_launches,
                                           client::Ability::set_priority,
                                           client::Ability::set_units};
};

// On failure the exit status: 0 after --help. What is wrong has then been printed.
[[nodiscard]] std::expected<Options, int> parse_options(int count, const char* const* arguments);

}  // namespace penstock::workload
