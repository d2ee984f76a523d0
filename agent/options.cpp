// SPDX-License-Identifier: Apache-2.0

#include "agent/options.h"

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "agent/config/users.h"

namespace penstock {
namespace {

constexpr std::uint64_t most_decisions_mib = 1024;  // Nobody reads a longer one.

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
    app.add_option("--gate-socket",
                   into.gate_socket,
                   "Socket at which systemd starts a gate, instead of the program");
    app.add_option(
           "--client-socket", into.client_socket, "Socket for cooperating processes, \"\" for none")
        ->capture_default_str();
    app.add_option("--ledger",
                   into.ledger,
                   "File with what must be undone after a crash, \"\" to do nothing of the kind")
        ->capture_default_str();
    app.add_option("--kept-choices",
                   into.kept_choices,
                   "File in which what was set over D-Bus outlives the agent, \"\" for none")
        ->capture_default_str();
    app.add_option("--kept-leases",
                   into.kept_leases,
                   "File in which leases outlive the agent, \"\" for none")
        ->capture_default_str();
    app.add_option("--undo-file",
                   into.undo_file,
                   "File with the limits of processor time that stand, \"\" to limit nobody")
        ->capture_default_str();
    app.add_option("--cgroups", into.cgroups, "Where the hierarchy of control groups is")
        ->capture_default_str();
    app.add_option("--calibration",
                   into.calibration,
                   "What penstockctl calibrate has stored, \"\" to use nothing of the kind")
        ->capture_default_str();
    app.add_option("--config-root",
                   into.config_root,
                   "Where etc/penstock and its like are, \"\" to read no configuration")
        ->capture_default_str();
    app.add_option(
        "--trace", into.trace_file, "Writes every suspend and resume to FILE, as NDJSON");
    app.add_option("--decisions",
                   into.decisions_file,
                   "Records what the policy sees and decides in FILE, for penstock-sim replay");
    app.add_option("--decisions-mib", into.decisions_mib, "The record ends when it is so large")
        ->check(CLI::Range(std::uint64_t{1}, most_decisions_mib))
        ->capture_default_str();
    app.add_flag("--self-test",
                 into.self_test,
                 "Tries everything that the agent needs of this machine, and leaves");
    app.add_flag("--undo", into.undo, "Lifts the limits that the undo file names, and leaves");
    app.add_flag("--debug", into.debug_log, "Log more");
}

// An option that is a setting, told as the files tell it.
struct SettingOption {
    const char* name;
    std::string_view section;
    std::string_view key;
    std::string_view unit;  // Behind the number; of a flag, the whole value.
    const char* help;
};

constexpr std::array setting_options{
    SettingOption{.name = "--policy",
                  .section = "Agent",
                  .key = "Policy",
                  .unit = "",
                  .help = "Policy to start with"},
    SettingOption{.name = "--tick-ms",
                  .section = "Agent",
                  .key = "TickSec",
                  .unit = "ms",
                  .help = "Period of the loop while queues exist, in ms"},
    SettingOption{.name = "--sampling-us",
                  .section = "Agent",
                  .key = "QueueSamplingSec",
                  .unit = "us",
                  .help = "Period for queues BPF can not watch, in us"},
    SettingOption{.name = "--may-evict",
                  .section = "Preemption",
                  .key = "MayEvict",
                  .unit = "",
                  .help = "Names of programs (with * and ?) that may be evicted as a whole"},
    SettingOption{.name = "--vendor-ioctl",
                  .section = "Preemption",
                  .key = "VendorIoctl",
                  .unit = "",
                  .help = "Numbers and layout of a patched driver"},
    SettingOption{.name = "--gate-realtime",
                  .section = "Preemption",
                  .key = "GateRealtimePriority",
                  .unit = "",
                  .help = "The gate's SCHED_FIFO priority, 0 for none"},
    SettingOption{.name = "--dram-peak",
                  .section = "Bandwidth",
                  .key = "DramPeak",
                  .unit = "",
                  .help = "Bytes per second that a memory node can move, instead of what was "
                          "measured"},
};

constexpr std::array setting_flags{
    SettingOption{.name = "--no-pointer-watch",
                  .section = "Agent",
                  .key = "WatchPointers",
                  .unit = "no",
                  .help = "Sample write pointers instead of using BPF"},
    SettingOption{.name = "--pcm",
                  .section = "Bandwidth",
                  .key = "PCM",
                  .unit = "yes",
                  .help = "Run Intel PCM where perf does not count the same; it programs the "
                          "counters anew"},
    SettingOption{.name = "--resctrl-groups",
                  .section = "Bandwidth",
                  .key = "ResctrlGroups",
                  .unit = "yes",
                  .help = "Make a monitoring group of resctrl for each process with queues"},
};

void add_override(const SettingOption& option, const std::string& value, Options& into) {
    into.overrides.push_back({.section = std::string(option.section),
                              .key = std::string(option.key),
                              .value = value + std::string(option.unit),
                              .place = {.file = option.name}});
}

void add_overrides(const SettingOption& option,
                   const std::vector<std::string>& values,
                   Options& into) {
    for (const std::string& value : values) {
        add_override(option, value, into);
    }
}

void add_settings(CLI::App& app, Options& into) {
    for (const SettingOption& option : setting_options) {
        const auto take = [&option, &into](const std::vector<std::string>& values) {
            add_overrides(option, values, into);
        };
        app.add_option_function<std::vector<std::string>>(option.name, take, option.help)
            ->expected(1)
            ->take_all();
    }
    for (const SettingOption& option : setting_flags) {
        app.add_flag_function(
            option.name,
            [&option, &into](std::int64_t) { add_override(option, "", into); },
            option.help);
    }
}

// A slip in a file must not keep the agent from starting; one on its command line does.
Result<> check(const std::vector<config::Assignment>& overrides) {
    config::Settings settings;
    config::Remarks remarks;
    for (const config::Assignment& each : overrides) {
        if (each.value.empty()) {
            return fail(each.place.file + ": the value is empty");
        }
    }
    config::apply(overrides, settings, remarks);
    if (!remarks.all().empty()) {
        const config::Remark& first = remarks.all().front();
        return fail(first.place.file + ": " + first.sentence);
    }
    return {};
}

}  // namespace

Result<Parsed> parse_options(int count, char** arguments, Options& into) {
    CLI::App app("penstockd: meters shared bandwidth into accelerators.");
    app.set_version_flag("--version", std::string("penstockd ") + PENSTOCK_VERSION);
    add_surroundings(app, into);
    add_settings(app, into);
    try {
        app.parse(count, arguments);
    } catch (const CLI::Success& answered) {
        app.exit(answered, std::cout, std::cerr);
        return Parsed::answered;
    } catch (const CLI::ParseError& error) {
        return fail(error.what());
    }
    if (Result<> checked = check(into.overrides); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    if (into.gate_program.empty()) {
        into.gate_program = beside_this_program("penstock-gate");
    }
    return Parsed::run;
}

config::Configuration configure(const Options& options) {
    config::Configuration configuration;
    if (!options.config_root.empty()) {
        configuration = config::load(Tree(options.config_root), config::uid_of_user);
    }
    config::apply(options.overrides, configuration.settings, configuration.remarks);
    config::fit_policy(options.overrides, configuration.settings, configuration.remarks);
    return configuration;
}

}  // namespace penstock
