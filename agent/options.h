// SPDX-License-Identifier: Apache-2.0
//
// Options: the agent's command line. What the configuration's files can say too is kept as
// assignments that win over theirs.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/config/configuration.h"
#include "base/result.h"

namespace penstock {

struct Options {
    std::string bus = "system";  // "system", "session", or an address such as "unix:path=/run/x".
    std::string kfd_path = "/dev/kfd";
    std::string sysfs_root = "/sys";
    std::string gate_program{};    // Default: penstock-gate beside this program.
    std::string gate_socket{};     // Where systemd starts a gate for us; empty: we start it.
    std::string trace_file{};      // Empty: no trace.
    std::string decisions_file{};  // Empty: decisions are not recorded.
    std::uint64_t decisions_mib = 256;
    // Where cooperating processes connect; empty: nowhere.
    std::string client_socket = "/run/penstock/client.sock";
    // What is suspended without the kernel's care, to be undone after a crash; empty: nothing may
    // be.
    std::string ledger = "/run/penstock/suspended";
    // What clients have set, for the next agent; empty: nothing is kept.
    std::string kept_choices = "/run/penstock/choices";
    // What leases clients hold, for the next agent; empty: they end with this one.
    std::string kept_leases = "/run/penstock/leases";
    std::string calibration = "/var/lib/penstock/calibration";  // Empty: none is used.
    std::string config_root = "/";  // Where etc/penstock and its like are; empty: nowhere.
    std::vector<config::Assignment> overrides{};
    bool debug_log = false;
    // What is limited on the processors, with the way back; empty: nobody is.
    std::string undo_file = "/run/penstock/undo";
    std::string cgroups = "/sys/fs/cgroup";
    bool self_test = false;
    bool undo = false;  // Lifts what the undo file says, and leaves.
};

enum class Parsed : unsigned char { run, answered };  // Answered: --help or --version was printed.

// The error is a sentence for the user.
Result<Parsed> parse_options(int count, char** arguments, Options& into);

// What the files and the command line say together.
config::Configuration configure(const Options& options);

}  // namespace penstock
