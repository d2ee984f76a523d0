// SPDX-License-Identifier: Apache-2.0

#include "agent/options.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <iostream>

namespace penstock {
namespace {

std::string beside_this_program(const char* name) {
    std::error_code
        unreadable;  // Leaves the path empty: the name is then looked for in this folder.
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unreadable);
    return (self.parent_path() / name).string();
}

void add_surroundings(CLI::App& app, Options& into) {
    app.add_option("--bus", into.bus, "D-Bus to serve: system, session, or an address")
        ->capture_default_str();
    app.add_option("--kfd", into.kfd_path, "KFD's device file")->capture_default_str();
    app.add_option("--sysfs", into.sysfs_root, "Where sysfs is")->capture_default_str();
    app.add_option("--gate", into.gate_program, "The gate's program [beside this one]");
    app.add_option(
           "--client-socket", into.client_socket, "Socket for cooperating processes, \"\" for none")
        ->capture_default_str();
    app.add_option(
        "--trace", into.trace_file, "Writes every suspend and resume to FILE, as NDJSON");
    app.add_flag("--debug", into.debug_log, "Log more");
}

void add_preemption(CLI::App& app, Options& into) {
    app.add_option("--policy", into.policy, "Policy to start with")->capture_default_str();
    app.add_option("--may-evict",
                   into.may_evict,
                   "Name of programs (with * and ?) that may be evicted as a whole")
        ->expected(1)
        ->take_all();
    app.add_option("--vendor-ioctl", into.vendor_ioctl, "Numbers and layout of a patched driver");
    app.add_option("--ledger",
                   into.ledger,
                   "File with what must be undone after a crash, \"\" to do nothing of the kind")
        ->capture_default_str();
    app.add_option("--gate-realtime", into.gate_realtime, "The gate's SCHED_FIFO priority")
        ->check(CLI::Range(0, 99))
        ->capture_default_str();
}

void add_measurement(CLI::App& app, Options& into) {
    // Slower than any memory, and faster than any: a value in another unit was meant.
    constexpr std::uint64_t least = 1'000'000;
    constexpr std::uint64_t most = 1'000'000'000'000'000;
    app.add_option("--calibration",
                   into.calibration,
                   "What penstockctl calibrate has stored, \"\" to use nothing of the kind")
        ->capture_default_str();
    app.add_option("--dram-peak",
                   into.dram_peak,
                   "Bytes per second that a memory node can move, instead of what was measured")
        ->check(CLI::Range(least, most));
    app.add_flag("--pcm",
                 into.pcm,
                 "Run Intel PCM where perf does not count the same; it programs the counters anew");
    app.add_flag("--resctrl-groups",
                 into.resctrl_groups,
                 "Make a monitoring group of resctrl for each process with queues");
}

}  // namespace

Result<Parsed> parse_options(int count, char** arguments, Options& into) {
    std::uint32_t tick_ms = 10;
    std::uint32_t sampling_us = 1000;
    bool no_watch = false;
    CLI::App app("penstockd: meters shared bandwidth into accelerators.");
    app.set_version_flag("--version", std::string("penstockd ") + PENSTOCK_VERSION);
    add_surroundings(app, into);
    add_preemption(app, into);
    add_measurement(app, into);
    app.add_option("--tick-ms", tick_ms, "Period of the loop while queues exist, in ms")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option("--sampling-us", sampling_us, "Period for queues BPF can not watch, in us")
        ->check(CLI::Range(50, 100'000))
        ->capture_default_str();
    app.add_flag("--no-pointer-watch", no_watch, "Sample write pointers instead of using BPF");
    try {
        app.parse(count, arguments);
    } catch (const CLI::Success& answered) {
        app.exit(answered, std::cout, std::cerr);
        return Parsed::answered;
    } catch (const CLI::ParseError& error) {
        return fail(error.what());
    }
    into.tick = std::chrono::milliseconds(tick_ms);
    into.sampling_period = std::chrono::microseconds(sampling_us);
    into.watch_pointers = !no_watch;
    if (into.gate_program.empty()) {
        into.gate_program = beside_this_program("penstock-gate");
    }
    return Parsed::run;
}

}  // namespace penstock
