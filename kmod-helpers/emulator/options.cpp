// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/options.h"

#include <CLI/CLI.hpp>

namespace penstock::emulator {

namespace {

constexpr std::uint32_t longest_us = 10'000'000;

void add_costs(CLI::App& app, Options& options) {
    const CLI::Range any_cost(0U, longest_us);
    app.add_option("--save-us", options.save_us, "time to save suspended queues")
        ->check(any_cost)
        ->capture_default_str();
    app.add_option("--restore-us", options.restore_us, "time to restore resumed queues")
        ->check(any_cost)
        ->capture_default_str();
    app.add_option("--poll-us", options.poll_us, "how often rings are looked at")
        ->check(CLI::Range(1U, longest_us))
        ->capture_default_str();
}

void add_rules(CLI::App& app, Options& options) {
    const std::map<std::string, Scheduler> schedulers{{"hws", Scheduler::hws},
                                                      {"mes", Scheduler::mes}};
    app.add_option("--scheduler", options.scheduler, "override the devices' scheduler")
        ->transform(CLI::CheckedTransformer(schedulers));
    const std::map<std::string, PermissionRule> rules{{"traced", PermissionRule::traced},
                                                      {"debugger", PermissionRule::debugger}};
    app.add_option(
           "--permission", options.permission, "who may debug: the driver's older or newer rule")
        ->transform(CLI::CheckedTransformer(rules));
}

}  // namespace

std::expected<Options, int> parse_options(int count, char** words) {
    Options options;
    CLI::App app("Stands in for the amdgpu module where there is no AMD accelerator.");
    app.add_option("--mount", options.mount_point, "directory to mount the file system at")
        ->required();
    auto* const preset = app.add_option("--preset", options.preset, "apu, gfx90a or mi308x");
    app.add_option("--topology", options.topology, "directory with a recorded KFD topology")
        ->excludes(preset);
    add_costs(app, options);
    add_rules(app, options);
    app.add_flag("--die-with-parent", options.die_with_parent, "end when the parent ends");
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(app.exit(error));
    }
    return options;
}

Result<Preset> chosen_preset(const Options& options) {
    Result<Preset> preset =
        options.topology.empty() ? make_preset(options.preset) : read_preset(options.topology);
    if (!preset) {
        return preset;
    }
    for (PresetDevice& device : preset->devices) {
        device.settings.save_cost = std::chrono::microseconds(options.save_us);
        device.settings.restore_cost = std::chrono::microseconds(options.restore_us);
        device.settings.poll_period = std::chrono::microseconds(options.poll_us);
        device.settings.scheduler = options.scheduler.value_or(device.settings.scheduler);
    }
    return preset;
}

}  // namespace penstock::emulator
