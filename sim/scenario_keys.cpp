// SPDX-License-Identifier: Apache-2.0

#include "sim/scenario_keys.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "policies/service_class_names.h"
#include "sim/scenario_values.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using Text = std::string_view;

constexpr Duration longest_span = 24h;
constexpr Duration longest_kernel = 60s;
constexpr Duration longest_delay = 1s;

constexpr std::array sharings{
    Choice<Sharing>{.name = "first-come", .value = Sharing::first_come},
    Choice<Sharing>{.name = "processor", .value = Sharing::processor},
};
constexpr std::array schedulers{
    Choice<DeviceScheduler>{.name = "hws", .value = DeviceScheduler::hws},
    Choice<DeviceScheduler>{.name = "mes", .value = DeviceScheduler::mes},
};

// What the gate can do, and what that does to the packets.
struct Rung {
    PreemptionLevel level;
    Reach reach;
};

constexpr std::array rungs{
    Choice<Rung>{.name = "none",
                 .value = {.level = PreemptionLevel::none, .reach = Reach::launches}},
    Choice<Rung>{.name = "launch-limit",
                 .value = {.level = PreemptionLevel::launch_limit, .reach = Reach::launches}},
    Choice<Rung>{.name = "deactivate",
                 .value = {.level = PreemptionLevel::debug_suspend, .reach = Reach::unstarted}},
    Choice<Rung>{.name = "cooperative-save",
                 .value = {.level = PreemptionLevel::cooperative_save, .reach = Reach::running}},
    Choice<Rung>{.name = "debug-suspend",
                 .value = {.level = PreemptionLevel::debug_suspend, .reach = Reach::running}},
};
constexpr auto classes = [] {
    std::array<Choice<ServiceClass>, service_classes.size()> all{};
    std::ranges::transform(service_classes, all.begin(), [](ServiceClass each) {
        return Choice<ServiceClass>{.name = name_of(each), .value = each};
    });
    return all;
}();
constexpr std::array shapes{
    Choice<Law::Shape>{.name = "constant", .value = Law::Shape::constant},
    Choice<Law::Shape>{.name = "exponential", .value = Law::Shape::exponential},
    Choice<Law::Shape>{.name = "lognormal", .value = Law::Shape::lognormal},
};
constexpr std::array kinds{
    Choice<Arrivals::Kind>{.name = "closed", .value = Arrivals::Kind::closed},
    Choice<Arrivals::Kind>{.name = "periodic", .value = Arrivals::Kind::periodic},
    Choice<Arrivals::Kind>{.name = "poisson", .value = Arrivals::Kind::poisson},
    Choice<Arrivals::Kind>{.name = "gamma", .value = Arrivals::Kind::gamma},
    Choice<Arrivals::Kind>{.name = "lognormal", .value = Arrivals::Kind::lognormal},
    Choice<Arrivals::Kind>{.name = "on-off", .value = Arrivals::Kind::on_off},
};

// The tables below are arrays, whose lengths the compiler counts.
template <typename T>
Result<> chosen(Text text, const auto& choices, T& into) {
    return choose<T>(text, std::span<const Choice<T>>(choices), into);
}

Result<> set_rung(DeviceModel& device, Text text) {
    Rung rung{.level = device.level, .reach = device.reach};
    Result<> done = chosen(text, rungs, rung);
    device.level = rung.level;
    device.reach = rung.reach;
    return done;
}

// Another way to say GapSec=: what is written last counts. Bounded so that a gap is neither nothing
// nor longer than the longest run.
Result<> set_rate(JobModel& job, Text text) {
    double rate = 0;
    Result<> done = read_real(text, 0.001, 10'000'000, rate);
    if (done) {
        job.arrivals.gap = Duration(std::llround(1e9 / rate));
    }
    return done;
}

using S = Scenario;
constexpr std::array keys_of_scenario{
    ScenarioKey<S>{.name = "DurationSec",
                   .set = [](S& s, Text t) { return read_span(t, 1ms, longest_span, s.duration); }},
    ScenarioKey<S>{.name = "WarmUpSec",
                   .set = [](S& s, Text t) { return read_span(t, 0s, longest_span, s.warm_up); }},
    ScenarioKey<S>{
        .name = "Seed",
        .set = [](S& s, Text t) { return read_number(t, 0, 1'000'000'000'000, s.seed); }},
    ScenarioKey<S>{.name = "TickSec",
                   .set = [](S& s, Text t) { return read_span(t, 1ms, 1s, s.tick); }},
    ScenarioKey<S>{
        .name = "LongestSuspensionSec",
        .set = [](S& s, Text t) { return read_span(t, 1ms, 10s, s.limits.longest_suspension); }},
    ScenarioKey<S>{
        .name = "ShortestRunWindowSec",
        .set = [](S& s, Text t) { return read_span(t, 1ms, 10s, s.limits.shortest_run_window); }},
    ScenarioKey<S>{
        .name = "DeviceTimeShare",
        .set = [](S& s, Text t) { return read_real(t, 0.0001, 0.5, s.limits.device_time_share); }},
};

constexpr std::array spreads{
    Choice<Spread>{.name = "least-loaded", .value = Spread::least_loaded},
    Choice<Spread>{.name = "random-of-two", .value = Spread::random_of_two},
};

using F = FleetModel;
constexpr std::array keys_of_fleet{
    ScenarioKey<F>{.name = "Nodes",
                   .set = [](F& f, Text t) { return read_number(t, 1, most_nodes, f.nodes); }},
    ScenarioKey<F>{.name = "Spread",
                   .set = [](F& f, Text t) { return chosen(t, spreads, f.spread); }},
};

// A terabyte per second: sums of all jobs stay within numbers.
constexpr std::uint64_t most_dram_rate = 1'000'000'000'000;

constexpr std::array controls{
    Choice<MemoryControl>{.name = "none", .value = MemoryControl::none},
    Choice<MemoryControl>{.name = "token", .value = MemoryControl::token},
    Choice<MemoryControl>{.name = "leases", .value = MemoryControl::leases},
};

using M = MemoryModel;
constexpr std::array keys_of_memory{
    ScenarioKey<M>{
        .name = "PeakBytesPerSecond",
        .set = [](M& m,
                  Text t) { return read_bandwidth(t, 1'000'000, most_dram_rate, m.bus.peak); }},
    ScenarioKey<M>{.name = "Control",
                   .set = [](M& m, Text t) { return chosen(t, controls, m.control); }},
    ScenarioKey<M>{.name = "ContentionLoss",
                   .set = [](M& m, Text t) { return read_real(t, 0, 0.9, m.bus.contention_loss); }},
};

using D = DeviceModel;
constexpr std::array keys_of_device{
    ScenarioKey<D>{.name = "Sharing",
                   .set = [](D& d, Text t) { return chosen(t, sharings, d.sharing); }},
    ScenarioKey<D>{.name = "Parts",
                   .set = [](D& d, Text t) { return read_number(t, 1, 1024, d.parts); }},
    ScenarioKey<D>{.name = "Level", .set = &set_rung},
    ScenarioKey<D>{.name = "Apu", .set = [](D& d, Text t) { return read_boolean(t, d.apu); }},
    ScenarioKey<D>{.name = "Scheduler",
                   .set = [](D& d, Text t) { return chosen(t, schedulers, d.scheduler); }},
    ScenarioKey<D>{.name = "LaunchThreshold",
                   .set = [](D& d, Text t) { return read_number(t, 0, 1024, d.launch_threshold); }},
    ScenarioKey<D>{.name = "LaunchBatch",
                   .set = [](D& d, Text t) { return read_number(t, 1, 1024, d.launch_batch); }},
    ScenarioKey<D>{.name = "LaunchSec",
                   .set = [](D& d, Text t) { return read_span(t, 1ns, 1ms, d.launch); }},
    ScenarioKey<D>{.name = "WakeSec",
                   .set = [](D& d, Text t) { return read_span(t, 1ns, longest_delay, d.wake); }},
    ScenarioKey<D>{.name = "NoticeSec",
                   .set = [](D& d, Text t) { return read_span(t, 0s, longest_delay, d.notice); }},
    ScenarioKey<D>{.name = "OrderSec",
                   .set = [](D& d, Text t) { return read_span(t, 0s, longest_delay, d.order); }},
    ScenarioKey<D>{.name = "SaveSec",
                   .set = [](D& d, Text t) { return read_span(t, 0s, longest_delay, d.save); }},
    ScenarioKey<D>{.name = "RestoreSec",
                   .set = [](D& d, Text t) { return read_span(t, 0s, longest_delay, d.restore); }},
    ScenarioKey<D>{
        .name = "SamplingSec",
        .set = [](D& d, Text t) { return read_span(t, 10us, longest_delay, d.sampling); }},
};

using J = JobModel;
constexpr std::array keys_of_job{
    ScenarioKey<J>{.name = "Priority",
                   .set = [](J& j, Text t) { return read_number(t, -20, 20, j.priority); }},
    ScenarioKey<J>{.name = "Weight",
                   .set = [](J& j, Text t) { return read_number(t, 1, 10'000, j.weight); }},
    ScenarioKey<J>{.name = "Class",
                   .set = [](J& j, Text t) { return chosen(t, classes, j.service_class); }},
    ScenarioKey<J>{.name = "DeadlineSec",
                   .set = [](J& j, Text t) { return read_span(t, 0s, 1h, j.deadline); }},
    ScenarioKey<J>{.name = "CostSec",
                   .set = [](J& j, Text t) { return read_span(t, 0s, 1h, j.cost); }},
    ScenarioKey<J>{
        .name = "KernelSec",
        .set = [](J& j, Text t) { return read_span(t, 100ns, longest_kernel, j.kernel.mean); }},
    ScenarioKey<J>{.name = "KernelLaw",
                   .set = [](J& j, Text t) { return chosen(t, shapes, j.kernel.shape); }},
    ScenarioKey<J>{.name = "KernelSigma",
                   .set = [](J& j, Text t) { return read_real(t, 0.01, 5, j.kernel.sigma); }},
    ScenarioKey<J>{.name = "Kernels",
                   .set = [](J& j, Text t) { return read_number(t, 1, 1'000'000, j.kernels); }},
    ScenarioKey<J>{
        .name = "DramBytesPerSecond",
        .set = [](J& j, Text t) { return read_bandwidth(t, 0, most_dram_rate, j.dram_rate); }},
    ScenarioKey<J>{.name = "Arrivals",
                   .set = [](J& j, Text t) { return chosen(t, kinds, j.arrivals.kind); }},
    ScenarioKey<J>{.name = "Depth",
                   .set = [](J& j, Text t) { return read_number(t, 1, 1024, j.arrivals.depth); }},
    ScenarioKey<J>{.name = "ThinkSec",
                   .set = [](J& j, Text t) { return read_span(t, 0s, 1h, j.arrivals.think); }},
    ScenarioKey<J>{.name = "GapSec",
                   .set = [](J& j, Text t) { return read_span(t, 1us, 1h, j.arrivals.gap); }},
    ScenarioKey<J>{.name = "Rate", .set = &set_rate},
    ScenarioKey<J>{.name = "Portion",
                   .set = [](J& j, Text t) { return read_real(t, 0.0001, 1e6, j.portion); }},
    ScenarioKey<J>{.name = "JitterSec",
                   .set = [](J& j, Text t) { return read_span(t, 0s, 1h, j.arrivals.jitter); }},
    ScenarioKey<J>{
        .name = "Variation",
        .set = [](J& j, Text t) { return read_real(t, 0.01, 20, j.arrivals.variation); }},
    ScenarioKey<J>{.name = "Sigma",
                   .set = [](J& j, Text t) { return read_real(t, 0.01, 5, j.arrivals.sigma); }},
    ScenarioKey<J>{.name = "OnSec",
                   .set = [](J& j, Text t) { return read_span(t, 1us, 1h, j.arrivals.on); }},
    ScenarioKey<J>{.name = "OffSec",
                   .set = [](J& j, Text t) { return read_span(t, 1us, 1h, j.arrivals.off); }},
    ScenarioKey<J>{.name = "Drops",
                   .set = [](J& j, Text t) { return read_boolean(t, j.arrivals.drops); }},
    ScenarioKey<J>{.name = "EndsSec",
                   .set = [](J& j, Text t) { return read_span(t, 0s, longest_span, j.ends); }},
    ScenarioKey<J>{.name = "Streams",
                   .set = [](J& j, Text t) { return read_number(t, 1, 64, j.streams); }},
    ScenarioKey<J>{
        .name = "Processes",
        .set = [](J& j, Text t) { return read_number(t, 1, most_processes, j.processes); }},
};

}  // namespace

std::span<const ScenarioKey<Scenario>> scenario_keys() {
    return keys_of_scenario;
}

std::span<const ScenarioKey<FleetModel>> fleet_keys() {
    return keys_of_fleet;
}

std::span<const ScenarioKey<MemoryModel>> memory_keys() {
    return keys_of_memory;
}

std::span<const ScenarioKey<DeviceModel>> device_keys() {
    return keys_of_device;
}

std::span<const ScenarioKey<JobModel>> job_keys() {
    return keys_of_job;
}

}  // namespace penstock::sim
