// SPDX-License-Identifier: Apache-2.0
//
// Options: the agent's command line.

#pragma once

#include <string>

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
    Duration tick{std::chrono::milliseconds(10)};
    Duration sampling_period{std::chrono::milliseconds(1)};  // Of queues that BPF can not watch.
    bool watch_pointers = true;
    bool debug_log = false;
};

enum class Parsed : unsigned char { run, answered };  // Answered: --help or --version was printed.

// The error is a sentence for the user.
Result<Parsed> parse_options(int count, char** arguments, Options& into);

}  // namespace penstock
