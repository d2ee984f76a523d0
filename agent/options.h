// SPDX-License-Identifier: Apache-2.0
//
// Options: the agent's command line.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace penstock {

struct Options {
    std::string bus = "system";  // "system", "session", or an address such as "unix:path=/run/x".
    std::string kfd_path = "/dev/kfd";
    std::string sysfs_root = "/sys";
    std::string gate_program{};  // Default: penstock-gate beside this program.
    std::string policy = "fixed-priority";
    std::string trace_file{};  // Empty: no trace.
    // Where cooperating processes connect; empty: nowhere.
    std::string client_socket = "/run/penstock/client.sock";
    // What is suspended without the kernel's care, to be undone after a crash; empty: nothing may
    // be.
    std::string ledger = "/run/penstock/suspended";
    std::string vendor_ioctl{};            // As kfd::VendorIoctl::parse() has it; empty: none.
    std::vector<std::string> may_evict{};  // Names of programs, with * and ?.
    // The gate's SCHED_FIFO priority, 0 for none. It sleeps nearly always; when it is woken, all
    // that runs before it delays a suspend by up to a scheduler's slice of milliseconds.
    int gate_realtime = 1;
    Duration tick{std::chrono::milliseconds(10)};
    Duration sampling_period{std::chrono::milliseconds(1)};  // Of queues that BPF can not watch.
    bool watch_pointers = true;
    std::string calibration = "/var/lib/penstock/calibration";  // Empty: none is used.
    // Of each memory node, in bytes per second; what calibration measured when absent.
    std::optional<std::uint64_t> dram_peak{};
    // Intel PCM programs counters that perf shares, and a monitoring group takes one of few that
    // there are: only on request.
    bool pcm = false;
    bool resctrl_groups = false;
    bool debug_log = false;
};

enum class Parsed : unsigned char { run, answered };  // Answered: --help or --version was printed.

// The error is a sentence for the user.
Result<Parsed> parse_options(int count, char** arguments, Options& into);

}  // namespace penstock
