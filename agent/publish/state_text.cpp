// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/state_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <ranges>

#include "agent/publish/agent_object.h"
#include "agent/publish/bus_name.h"
#include "agent/publish/figures.h"
#include "agent/publish/lease_desk.h"
#include "agent/publish/metric_streams.h"
#include "agent/publish/queue_rows.h"
#include "agent/publish/subscriptions.h"
#include "base/notation.h"
#include "base/text.h"
#include "policies/measured_figures.h"
#include "policies/service_class_names.h"
#include "policies/setting_table.h"
#include "policies/standing_names.h"
#include "policies/throttle_names.h"

namespace penstock::dbus {
namespace {

template <typename... Args>
void add(std::string& text, fmt::format_string<Args...> form, Args&&... args) {
    fmt::format_to(std::back_inserter(text), form, std::forward<Args>(args)...);
}

// What others have said, whoever printed it before.
std::string shown(std::string_view foreign) {
    return printable(foreign, longest_string);
}

// "" where nobody gave a reason.
std::string because(std::string_view foreign) {
    return foreign.empty() ? "" : fmt::format(" ({})", shown(foreign));
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

double seconds(TimePoint when) {
    return seconds(when.time_since_epoch());
}

// `number` is called with the sample's value.
template <typename T, typename Number>
void add_sample(std::string& text, const char* key, const Sample<T>& sample, Number number) {
    const std::string source = because(sample.source.text());
    if (sample.value) {
        const std::string_view confidence = name_of(sample.confidence);
        add(text, "  {}: {}, {}{}\n", key, number(*sample.value), confidence, source);
    } else {
        add(text, "  {}: unknown{}\n", key, source);
    }
}

template <typename Measured>
void add_figures(std::string& text, const Measured& measured) {
    each_figure(measured, [&](const char* key, const auto& sample) {
        add_sample(text, key, sample, [](const auto& value) { return number_of(value); });
    });
}

void add_cost(std::string& text, const char* key, const Sample<Duration>& cost) {
    add_sample(text, key, cost, [](Duration duration) { return duration.count(); });
}

void add_agent(std::string& text, const ManagerObject& manager) {
    const LagFigures lag = manager.surface.requests.tick_lag();
    add(text, "penstock {}\n", PENSTOCK_VERSION);
    add(text,
        "now: {:.6f} s, of the last round on CLOCK_MONOTONIC\n",
        seconds(manager.surface.now));
    add(text, "state: {}\n", state_of(manager));
    for (const std::string& reason : manager.degraded_reasons) {
        add(text, "degraded: {}\n", shown(reason));
    }
    add(text, "policy: {}\n", shown(manager.policy));
    for (const PolicySetting* setting : settings_in(manager.policy_settings)) {
        add(text, "  {}: {}\n", setting->name, text_of(*setting, manager.policy_settings));
    }
    add(text,
        "preemption: {}{}\n",
        manager.preemption_enabled ? "enabled" : "disabled",
        manager.dry_run ? ", dry run" : "");
    for (const std::string& line : manager.surface.cpu_limits) {
        add(text, "cpu throttle: {}\n", printable(line, longest_sentence));
    }
    add(text, "features: {}\n", fmt::join(manager.features, ", "));
    add(text, "configuration: read at {:.6f} s\n", seconds(manager.config_read));
    if (!manager.last_reload_error.empty()) {
        add(text, "last reload: {}\n", printable(manager.last_reload_error, longest_sentence));
    }
    add(text, "queues: {}, of which {} suspended\n", manager.queues, manager.queues_suspended);
    add(text,
        "rounds: {} us late in the median, {} us in the 99th percentile, {} us at most\n",
        usec_of(lag.median),
        usec_of(lag.p99),
        usec_of(lag.most));
}

void add_device(std::string& text, const GpuObject& gpu) {
    const Device& device = gpu.device;
    add(text,
        "\ndevice {}: {}{}, scheduler {}, {} compute units, {} queues\n",
        device.gpu.value,
        shown(device.name),
        device.emulated ? ", emulated" : "",
        text_of(device.scheduler),
        device.compute_units,
        gpu.queues);
    add_cost(text, "suspend_nsec", device.suspend_cost);
    add_cost(text, "resume_nsec", device.resume_cost);
    add_figures(text, device);
}

void add_queues(std::string& text, const ProcessObject& process) {
    for (const auto& [gpu, number, type, maker, priority, state, occupancy, usec, times] :
         own_queue_rows(process)) {
        add(text,
            "  queue {} on device {}: {} of the {}, {}, occupancy {}, preempted {} us in {} "
            "times\n",
            number,
            gpu,
            type,
            maker,
            state,
            occupancy < 0 ? "unknown" : fmt::format("{}", occupancy),
            usec,
            times);
    }
}

// "none" for 0.
std::string span_text(Duration span) {
    return span == Duration{} ? "none" : fmt::format("{} us", usec_of(span));
}

void add_terms(std::string& text, const Owner& owner) {
    add(text, "  priority: {}{}\n", owner.priority, because(owner.priority_source));
    add(text, "  weight: {}{}\n", owner.weight, because(owner.weight_source));
    add(text, "  class: {}{}\n", name_of(owner.service_class), because(owner.class_source));
    add(text, "  deadline: {}{}\n", span_text(owner.deadline), because(owner.deadline_source));
    add(text, "  cost: {}{}\n", span_text(owner.cost), because(owner.cost_source));
    add(text, "  dram-max: {}{}\n", to_text(owner.dram_max), because(owner.dram_max_source));
    add(text,
        "  preemptible: {}{}\n",
        owner.preemptible ? "yes" : "no",
        because(owner.preemptible_source));
}

void add_process(std::string& text, const ProcessObject& process) {
    const Owner& owner = process.owner;
    add(text,
        "\nprocess {}: {}, id {}, uid {}, started at {:.6f} s, {}\n",
        owner.pid,
        shown(owner.command),
        owner.id.value,
        owner.uid,
        seconds(owner.started),
        text_of(state_of(process)));
    const ProcessOrigin& origin = owner.origin;
    add(text,
        "  executable: {}\n  unit: {}, control group {}\n",
        shown(origin.executable),
        shown(origin.unit),
        shown(origin.control_group));
    add_terms(text, owner);
    add(text, "  level: {}{}\n", text_of(owner.level), because(owner.level_reason));
    add(text,
        "  preempted: {:.6f} s in {} times\n",
        seconds(preempted_time(owner, process.surface.now)),
        preemptions_of(owner));
    add_queues(text, process);
    add_figures(text, owner.use);
}

void add_leases(std::string& text, const Surface& surface) {
    const LeaseLedger::Tally& tally = surface.leases->ledger().tally();
    add(text,
        "leases: {} held, {} waited for\n"
        "  so far: {} granted, {} not in time, {} before others who had come first, {} not "
        "exclusive any more\n",
        surface.lease_objects.size(),
        surface.leases->waiting(),
        tally.granted,
        tally.expired,
        tally.bypassed,
        tally.downgraded);
    for (const auto& [number, lease] : surface.lease_objects) {
        add(text,
            "lease {}: {} of {}, {} bytes per second, uid {}, pid {}, {}\n",
            number,
            name_of(lease->kept.resource),
            target_path(lease->kept.wish.pool),
            lease->granted,
            lease->kept.wish.party.uid,
            lease->kept.wish.party.pid,
            shown(lease->kept.who));
    }
}

void add_clients(std::string& text, const Surface& surface) {
    for (const MetricStreams::Standing& stream : surface.streams->standings()) {
        add(text,
            "stream: every {:.6f} s, {} bytes wait, {} lines dropped\n",
            seconds(stream.interval),
            stream.waiting_bytes,
            stream.dropped);
    }
    if (const std::size_t count = surface.subscriptions->size(); count != 0) {
        add(text, "subscriptions: {}\n", count);
    }
    for (const std::string& action : surface.waiting_checks()) {
        add(text, "polkit is asked: {}\n", action);
    }
}

}  // namespace

std::string state_text(const Surface& surface) {
    std::string text;
    add_agent(text, surface.manager);
    for (const auto& gpu : std::views::values(surface.gpus)) {
        add_device(text, *gpu);
    }
    for (const auto& memory : std::views::values(surface.memory)) {
        add(text,
            "\nmemory node {}{}\n",
            memory->node.number,
            memory->node.emulated ? ", emulated" : "");
        add_figures(text, memory->node);
        const Throttle& throttle = memory->node.throttle;
        add(text,
            "  throttle level {} ({}), batch scale {:.2f}, target {}\n",
            name_of(throttle.level),
            name_of(throttle.cause),
            throttle.batch_scale,
            throttle.target);
    }
    for (const auto& package : std::views::values(surface.packages)) {
        add(text, "\npackage {}\n", package->package.number);
        add_figures(text, package->package);
    }
    for (const auto& process : std::views::values(surface.processes)) {
        add_process(text, *process);
    }
    text += '\n';
    for (const SourceState& source : surface.manager.sources) {
        add(text,
            "source {}: {}{}\n",
            shown(source.name),
            name_of(source.standing),
            because(source.reason));
    }
    add_leases(text, surface);
    add_clients(text, surface);
    return text;
}

}  // namespace penstock::dbus
