// SPDX-License-Identifier: Apache-2.0

#include "sim/scenario_keys.h"

#include <array>

#include "sim/scenario_values.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using Text = std::string_view;

constexpr Duration longest_span = 24h;
constexpr Duration longest_kernel = 60s;
constexpr Duration longest_delay = 1s;

constexpr std::array sharings{
    Choice<Sharing>{"first-come", Sharing::first_come},
    Choice<Sharing>{"processor", Sharing::processor},
};
constexpr std::array schedulers{
    Choice<DeviceScheduler>{"hws", DeviceScheduler::hws},
    Choice<DeviceScheduler>{"mes", DeviceScheduler::mes},
};

// What the gate can do, and what that does to the packets.
struct Rung {
    PreemptionLevel level;
    Reach reach;
};

constexpr std::array rungs{
    Choice<Rung>{"none", {PreemptionLevel::none, Reach::launches}},
    Choice<Rung>{"launch-limit", {PreemptionLevel::launch_limit, Reach::launches}},
    Choice<Rung>{"deactivate", {PreemptionLevel::debug_suspend, Reach::unstarted}},
    Choice<Rung>{"cooperative-save", {PreemptionLevel::cooperative_save, Reach::running}},
    Choice<Rung>{"debug-suspend", {PreemptionLevel::debug_suspend, Reach::running}},
};
constexpr std::array classes{
    Choice<ServiceClass>{"latency", ServiceClass::latency},
    Choice<ServiceClass>{"normal", ServiceClass::normal},
    Choice<ServiceClass>{"batch", ServiceClass::batch},
    Choice<ServiceClass>{"idle", ServiceClass::idle},
};
constexpr std::array shapes{
    Choice<Law::Shape>{"constant", Law::Shape::constant},
    Choice<Law::Shape>{"exponential", Law::Shape::exponential},
    Choice<Law::Shape>{"lognormal", Law::Shape::lognormal},
};
constexpr std::array kinds{
    Choice<Arrivals::Kind>{"closed", Arrivals::Kind::closed},
    Choice<Arrivals::Kind>{"periodic", Arrivals::Kind::periodic},
    Choice<Arrivals::Kind>{"poisson", Arrivals::Kind::poisson},
    Choice<Arrivals::Kind>{"gamma", Arrivals::Kind::gamma},
    Choice<Arrivals::Kind>{"lognormal", Arrivals::Kind::lognormal},
    Choice<Arrivals::Kind>{"on-off", Arrivals::Kind::on_off},
};
constexpr std::array answers{Choice<bool>{"yes", true}, Choice<bool>{"no", false}};

template <typename T>
Result<> chosen(Text text, const auto& choices, T& into) {
    return choose<T>(text, std::span<const Choice<T>>(choices), into);
}

Result<> set_rung(DeviceModel& device, Text text) {
    Rung rung{device.level, device.reach};
    Result<> done = chosen(text, rungs, rung);
    device.level = rung.level;
    device.reach = rung.reach;
    return done;
}

Result<> set_rate(JobModel& job, Text text) {
    double rate = 0;
    Result<> done = read_real(text, 0.001, 10'000'000, rate);
    if (done) {
        job.arrivals.gap = Duration(static_cast<Duration::rep>(1e9 / rate + 0.5));
    }
    return done;
}

using S = Scenario;
constexpr std::array keys_of_scenario{
    ScenarioKey<S>{"DurationSec",
                   [](S& s, Text t) { return read_span(t, 1ms, longest_span, s.duration); }},
    ScenarioKey<S>{"WarmUpSec",
                   [](S& s, Text t) { return read_span(t, 0s, longest_span, s.warm_up); }},
    ScenarioKey<S>{"Seed",
                   [](S& s, Text t) { return read_number(t, 0, 1'000'000'000'000, s.seed); }},
    ScenarioKey<S>{"TickSec", [](S& s, Text t) { return read_span(t, 1ms, 1s, s.tick); }},
    ScenarioKey<S>{
        "LongestSuspensionSec",
        [](S& s, Text t) { return read_span(t, 1ms, 10s, s.limits.longest_suspension); }},
    ScenarioKey<S>{
        "ShortestRunWindowSec",
        [](S& s, Text t) { return read_span(t, 1ms, 10s, s.limits.shortest_run_window); }},
    ScenarioKey<S>{
        "DeviceTimeShare",
        [](S& s, Text t) { return read_real(t, 0.0001, 0.5, s.limits.device_time_share); }},
};

using D = DeviceModel;
constexpr std::array keys_of_device{
    ScenarioKey<D>{"Sharing", [](D& d, Text t) { return chosen(t, sharings, d.sharing); }},
    ScenarioKey<D>{"Parts", [](D& d, Text t) { return read_number(t, 1, 1024, d.parts); }},
    ScenarioKey<D>{"Level", &set_rung},
    ScenarioKey<D>{"Scheduler", [](D& d, Text t) { return chosen(t, schedulers, d.scheduler); }},
    ScenarioKey<D>{"LaunchThreshold",
                   [](D& d, Text t) { return read_number(t, 0, 1024, d.launch_threshold); }},
    ScenarioKey<D>{"LaunchBatch",
                   [](D& d, Text t) { return read_number(t, 1, 1024, d.launch_batch); }},
    ScenarioKey<D>{"LaunchSec", [](D& d, Text t) { return read_span(t, 1ns, 1ms, d.launch); }},
    ScenarioKey<D>{"WakeSec",
                   [](D& d, Text t) { return read_span(t, 1ns, longest_delay, d.wake); }},
    ScenarioKey<D>{"NoticeSec",
                   [](D& d, Text t) { return read_span(t, 0s, longest_delay, d.notice); }},
    ScenarioKey<D>{"OrderSec",
                   [](D& d, Text t) { return read_span(t, 0s, longest_delay, d.order); }},
    ScenarioKey<D>{"SaveSec", [](D& d, Text t) { return read_span(t, 0s, longest_delay, d.save); }},
    ScenarioKey<D>{"RestoreSec",
                   [](D& d, Text t) { return read_span(t, 0s, longest_delay, d.restore); }},
    ScenarioKey<D>{"SamplingSec",
                   [](D& d, Text t) { return read_span(t, 10us, longest_delay, d.sampling); }},
};

using J = JobModel;
constexpr std::array keys_of_job{
    ScenarioKey<J>{"Priority", [](J& j, Text t) { return read_number(t, -20, 20, j.priority); }},
    ScenarioKey<J>{"Weight", [](J& j, Text t) { return read_number(t, 1, 10'000, j.weight); }},
    ScenarioKey<J>{"Class", [](J& j, Text t) { return chosen(t, classes, j.service_class); }},
    ScenarioKey<J>{"DeadlineSec", [](J& j, Text t) { return read_span(t, 0s, 1h, j.deadline); }},
    ScenarioKey<J>{"CostSec", [](J& j, Text t) { return read_span(t, 0s, 1h, j.cost); }},
    ScenarioKey<J>{"KernelSec",
                   [](J& j, Text t) { return read_span(t, 100ns, longest_kernel, j.kernel.mean); }},
    ScenarioKey<J>{"KernelLaw", [](J& j, Text t) { return chosen(t, shapes, j.kernel.shape); }},
    ScenarioKey<J>{"KernelSigma",
                   [](J& j, Text t) { return read_real(t, 0.01, 5, j.kernel.sigma); }},
    ScenarioKey<J>{"Kernels", [](J& j, Text t) { return read_number(t, 1, 1'000'000, j.kernels); }},
    ScenarioKey<J>{"Arrivals", [](J& j, Text t) { return chosen(t, kinds, j.arrivals.kind); }},
    ScenarioKey<J>{"Depth", [](J& j, Text t) { return read_number(t, 1, 1024, j.arrivals.depth); }},
    ScenarioKey<J>{"ThinkSec", [](J& j, Text t) { return read_span(t, 0s, 1h, j.arrivals.think); }},
    ScenarioKey<J>{"GapSec", [](J& j, Text t) { return read_span(t, 1us, 1h, j.arrivals.gap); }},
    ScenarioKey<J>{"Rate", &set_rate},
    ScenarioKey<J>{"Portion", [](J& j, Text t) { return read_real(t, 0.0001, 1e6, j.portion); }},
    ScenarioKey<J>{"JitterSec",
                   [](J& j, Text t) { return read_span(t, 0s, 1h, j.arrivals.jitter); }},
    ScenarioKey<J>{"Variation",
                   [](J& j, Text t) { return read_real(t, 0.01, 20, j.arrivals.variation); }},
    ScenarioKey<J>{"Sigma", [](J& j, Text t) { return read_real(t, 0.01, 5, j.arrivals.sigma); }},
    ScenarioKey<J>{"OnSec", [](J& j, Text t) { return read_span(t, 1us, 1h, j.arrivals.on); }},
    ScenarioKey<J>{"OffSec", [](J& j, Text t) { return read_span(t, 1us, 1h, j.arrivals.off); }},
    ScenarioKey<J>{"Streams", [](J& j, Text t) { return read_number(t, 1, 64, j.streams); }},
    ScenarioKey<J>{"Processes",
                   [](J& j, Text t) { return read_number(t, 1, most_processes, j.processes); }},
};

using P = PolicyModel;

Result<> set_wait(std::optional<Duration>& into, Text text) {
    return read_optional(into, [&](Duration& span) { return read_span(text, 0s, 1h, span); });
}

constexpr std::array keys_of_policy{
    ScenarioKey<P>{"Base",
                   [](P& p, Text t) {
                       p.base = t;
                       return Result<>();
                   }},
    ScenarioKey<P>{"SettleSec", [](P& p, Text t) { return set_wait(p.settings.settle, t); }},
    ScenarioKey<P>{"QuantumSec", [](P& p, Text t) { return set_wait(p.settings.quantum, t); }},
    ScenarioKey<P>{"AgingSec", [](P& p, Text t) { return set_wait(p.settings.aging, t); }},
    ScenarioKey<P>{"Runners",
                   [](P& p, Text t) {
                       return read_optional(p.settings.runners, [&](std::uint32_t& runners) {
                           return read_number(t, 1, most_processes, runners);
                       });
                   }},
    ScenarioKey<P>{"Firm",
                   [](P& p, Text t) {
                       return read_optional(p.settings.firm,
                                            [&](bool& firm) { return chosen(t, answers, firm); });
                   }},
    ScenarioKey<P>{"Patience",
                   [](P& p, Text t) {
                       return read_optional(p.settings.patience, [&](double& patience) {
                           return read_real(t, 0, 1, patience);
                       });
                   }},
};

}  // namespace

std::span<const ScenarioKey<Scenario>> scenario_keys() {
    return keys_of_scenario;
}

std::span<const ScenarioKey<DeviceModel>> device_keys() {
    return keys_of_device;
}

std::span<const ScenarioKey<JobModel>> job_keys() {
    return keys_of_job;
}

std::span<const ScenarioKey<PolicyModel>> policy_keys() {
    return keys_of_policy;
}

}  // namespace penstock::sim
