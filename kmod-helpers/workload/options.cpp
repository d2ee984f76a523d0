// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/options.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <map>

#include "kmod-helpers/workload/client_queue.h"

namespace penstock::workload {

namespace {

constexpr std::uint64_t longest_kernel_us = 10'000'000;
constexpr std::uint32_t max_queues = 64;
constexpr double longest_run_s = 86'400;
constexpr std::uint64_t most_bytes_per_kernel = 1ULL << 40;

void add_device(CLI::App& app, Options& options) {
    app.add_option("--name", options.name, "What the process calls itself; 15 bytes are kept");
    app.add_option("--kfd", options.kfd, "The device file")->capture_default_str();
    app.add_option("--sysfs", options.sysfs, "Where the topology is")->capture_default_str();
    app.add_option("--gpu", options.gpu_id, "gpu_id; the first one by default");
    app.add_option("--queues", options.queues, "Queues, used in turn")
        ->check(CLI::Range(1U, max_queues))
        ->capture_default_str();
    app.add_flag("!--no-runtime-enable",
                 options.enable_runtime,
                 "Leave out RUNTIME_ENABLE, as old runtimes do");
}

void add_work(CLI::App& app, Options& options) {
    app.add_option("--kernel-us", options.kernel_us, "Duration of a kernel alone on the device")
        ->check(CLI::Range(std::uint64_t{1}, longest_kernel_us))
        ->capture_default_str();
    app.add_option("--kernels-per-request", options.kernels_per_request, "Kernels of a request")
        ->check(CLI::Range(1U, max_kernels_per_request))
        ->capture_default_str();
    app.add_option("--dram-bytes-per-kernel", options.dram_read_bytes, "Bytes read by a kernel")
        ->check(CLI::Range(std::uint64_t{0}, most_bytes_per_kernel))
        ->capture_default_str();
    app.add_option(
           "--dram-written-per-kernel", options.dram_written_bytes, "Bytes written by a kernel")
        ->check(CLI::Range(std::uint64_t{0}, most_bytes_per_kernel))
        ->capture_default_str();
}

void add_course(CLI::App& app, Options& options) {
    const std::map<std::string, ArrivalPattern> patterns{{"poisson", ArrivalPattern::poisson},
                                                         {"periodic", ArrivalPattern::periodic}};
    app.add_option("--load", options.load, "Part of the device asked for by the open loop")
        ->check(CLI::Range(0.0001, 10.0))
        ->capture_default_str();
    app.add_option("--arrivals", options.arrivals, "poisson or periodic")
        ->transform(CLI::CheckedTransformer(patterns));
    app.add_option("--seed", options.seed, "Of the arrival times")->capture_default_str();
    app.add_flag("--closed", options.closed, "Keep --depth requests in flight instead");
    app.add_option("--depth", options.depth, "Requests in flight of the closed loop")
        ->check(CLI::Range(1U, max_requests_in_flight))
        ->capture_default_str();
    const std::map<std::string, bool> waits{{"event", false}, {"spin", true}};
    app.add_option("--wait", options.spins, "event (sleep in the driver) or spin")
        ->transform(CLI::CheckedTransformer(waits));
    app.add_option("--duration", options.duration_s, "Seconds; until SIGTERM by default")
        ->check(CLI::Range(0.0, longest_run_s));
    app.add_option("--start-at", options.start_at, "CLOCK_MONOTONIC nanoseconds");
    app.add_option("--log", options.log, "Where to write every store and request at the end");
}

void add_misbehaviour(CLI::App& app, Options& options) {
    const std::map<std::string, Misbehaviour> kinds{
        {"liar-pointers", Misbehaviour::liar_pointers},
        {"unmap-ring", Misbehaviour::unmap_ring},
        {"die-in-ioctl", Misbehaviour::die_in_ioctl},
        {"short-args", Misbehaviour::short_args},
        {"absurd-sizes", Misbehaviour::absurd_sizes},
    };
    app.add_option("--misbehave", options.misbehaviour, "Be a hostile client, for tests")
        ->transform(CLI::CheckedTransformer(kinds));
}

void add_cooperation(CLI::App& app, Options& options) {
    const std::map<std::string, client::Ability> abilities{
        {"save", client::Ability::save},
        {"limit", client::Ability::limit_launches},
        {"priority", client::Ability::set_priority},
        {"units", client::Ability::set_units},
    };
    const std::map<std::string, Disobedience> kinds{
        {"silent", Disobedience::silent},
        {"lie", Disobedience::lie},
        {"error", Disobedience::error},
    };
    app.add_option("--cooperate", options.cooperation_socket, "Obey the agent at this socket");
    app.add_option("--abilities", options.abilities, "save,limit,priority,units; all by default")
        ->delimiter(',')
        ->transform(CLI::CheckedTransformer(abilities));
    app.add_option("--disobey", options.disobedience, "Cooperate badly, for tests")
        ->transform(CLI::CheckedTransformer(kinds));
}

}  // namespace

std::expected<Options, int> parse_options(int count, const char* const* arguments) {
    Options options;
    CLI::App app("A compute client that talks to KFD by raw ioctls and keeps AQL queues busy.");
    add_device(app, options);
    add_work(app, options);
    add_course(app, options);
    add_misbehaviour(app, options);
    add_cooperation(app, options);
    // CLI11 reports by exception; none leaves this function.
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(app.exit(error));
    }
    // Its ranges let pass what is no number.
    if (std::isnan(options.load) || std::isnan(options.duration_s)) {
        std::fprintf(stderr, "--load and --duration have to be numbers\n");
        return std::unexpected(2);
    }
    return options;
}

}  // namespace penstock::workload
