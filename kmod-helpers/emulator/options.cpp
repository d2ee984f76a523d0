// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "base/notation.h"
#include "kmod-helpers/emulator/presets/adapted_machine.h"

namespace penstock::emulator {

namespace {

constexpr std::uint32_t longest_us = 10'000'000;
constexpr std::uint32_t oldest_gfx = 70000;
constexpr std::uint32_t newest_gfx = 999999;
constexpr std::uint32_t smallest_vendor_number = 0x28;  // Below it are stock numbers.
constexpr std::uint32_t largest_vendor_number = 0xff;
constexpr double most_loss = 0.9;

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

Result<SharedBus> dram_of(const std::string& peak, double loss) {
    if (peak.empty()) {
        return SharedBus{};
    }
    const Result<BytesPerSecond> parsed = parse_bandwidth(peak);
    if (!parsed || parsed->value == 0) {
        return fail("--dram-peak is not a number of bytes per second such as 60G");
    }
    // CLI11's range lets pass what is no number.
    if (!(loss <= most_loss)) {
        return fail("--dram-loss is not a part of the peak such as 0.1");
    }
    return SharedBus{.peak = parsed->value, .contention_loss = loss};
}

// Words on the command line that take part in several settings.
struct Words {
    std::string kernel{newest_kernel().name};
    std::optional<PermissionRule> permission{};
    std::uint32_t scheduler_policy = 0;
    VendorNumbers vendor{};
    std::string dram_peak{};
    double dram_loss = 0;
};

void add_memory(CLI::App& app, Words& words) {
    auto* const peak = app.add_option(
        "--dram-peak", words.dram_peak, "what the memory that APUs share can move: 60G");
    app.add_option("--dram-loss", words.dram_loss, "part of it lost while more is asked for")
        ->check(CLI::Range(0.0, most_loss))
        ->needs(peak);
}

void add_device_rules(CLI::App& app, Options& options) {
    const std::map<std::string, Scheduler> schedulers{{"hws", Scheduler::hws},
                                                      {"mes", Scheduler::mes}};
    app.add_option("--scheduler", options.scheduler, "override the devices' scheduler")
        ->transform(CLI::CheckedTransformer(schedulers));
    app.add_option("--gfx",
                   options.gfx_target_version,
                   "generation all devices pretend to be of, as a topology writes it: 90006")
        ->check(CLI::Range(oldest_gfx, newest_gfx));
}

void add_driver_rules(CLI::App& app, Words& words) {
    std::vector<std::string> kernels;
    for (const KernelProfile& profile : kernel_profiles()) {
        kernels.emplace_back(profile.name);
    }
    app.add_option("--kernel", words.kernel, "Linux release whose driver this is")
        ->check(CLI::IsMember(kernels))
        ->capture_default_str();
    const std::map<std::string, PermissionRule> rules{{"traced", PermissionRule::traced},
                                                      {"debugger", PermissionRule::debugger}};
    app.add_option("--permission", words.permission, "who may debug, if not as in that release")
        ->transform(CLI::CheckedTransformer(rules));
    app.add_option("--sched-policy", words.scheduler_policy, "as amdgpu's parameter; 2 is no HWS")
        ->check(CLI::Range(0U, 2U))
        ->capture_default_str();
}

void add_vendor_rules(CLI::App& app, VendorNumbers& vendor) {
    const CLI::Range any_number(smallest_vendor_number, largest_vendor_number);
    auto* const preempt =
        app.add_option("--vendor-preempt", vendor.preempt, "ioctl number that preempts one queue")
            ->check(any_number);
    auto* const resume =
        app.add_option("--vendor-resume", vendor.resume, "ioctl number that resumes one queue")
            ->check(any_number);
    preempt->needs(resume);
    resume->needs(preempt);
}

DriverSettings settings_of(const Words& words) {
    DriverSettings settings;
    settings.kernel = *std::ranges::find(kernel_profiles(), words.kernel, &KernelProfile::name);
    settings.kernel.permission = words.permission.value_or(settings.kernel.permission);
    settings.scheduler_policy = static_cast<SchedulerPolicy>(words.scheduler_policy);
    if (words.vendor.preempt != 0) {
        settings.vendor = words.vendor;
    }
    return settings;
}

}  // namespace

std::expected<Options, int> parse_options(int count, char** arguments) {
    Options options;
    Words words;
    CLI::App app("Stands in for the amdgpu module where there is no AMD accelerator.");
    app.add_option("--mount", options.mount_point, "directory to mount the file system at")
        ->required();
    auto* const preset = app.add_option("--preset", options.preset, "apu, gfx90a, mi308x or bare");
    app.add_option("--topology", options.topology, "directory with a recorded KFD topology")
        ->excludes(preset);
    add_costs(app, options);
    add_device_rules(app, options);
    add_driver_rules(app, words);
    add_vendor_rules(app, words.vendor);
    add_memory(app, words);
    app.add_flag("--die-with-parent", options.die_with_parent, "end when the parent ends");
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(app.exit(error));
    }
    const Result<SharedBus> dram = dram_of(words.dram_peak, words.dram_loss);
    if (!dram) {
        std::fprintf(stderr, "%s\n", dram.error().message().c_str());
        return std::unexpected(2);
    }
    options.driver = settings_of(words);
    options.driver.dram = *dram;
    return options;
}

Result<Preset> chosen_preset(const Options& options) {
    Result<Preset> preset =
        options.topology.empty() ? make_preset(options.preset) : read_preset(options.topology);
    if (preset && options.gfx_target_version) {
        preset = with_generation(*std::move(preset), *options.gfx_target_version);
    }
    if (!preset) {
        return preset;
    }
    if (!options.driver.kernel.has_debug_trap) {
        hide_debug_support(*preset);
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
