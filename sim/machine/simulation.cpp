// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/simulation.h"

#include <algorithm>
#include <utility>

#include "policies/neighbours.h"

namespace penstock::sim {
namespace {

// Work that is left when no more arrives is done within this, unless there was far too much.
constexpr Duration longest_wind_down = std::chrono::seconds(600);

GpuId gpu_of(std::size_t device) {
    return GpuId{static_cast<std::uint32_t>(device + 1)};
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, std::unique_ptr<Policy> policy, Mode mode)
    : scenario_(scenario),
      workload_(scenario,
                {.accelerators = accelerators_, .agenda = agenda_, .watch = *this},
                mode == Mode::native),
      memory_(scenario, accelerators_, workload_, mode == Mode::scheduled),
      loop_({.probes = *this, .actuator = *this, .publisher = *this},
            std::move(policy),
            scenario.limits),
      now_(origin),
      next_tick_(origin) {
    for (std::size_t device = 0; device < scenario_.devices.size(); ++device) {
        accelerators_.emplace_back(scenario_.devices[device], origin);
        wardens_.emplace_back(gpu_of(device), scenario_.devices[device], workload_, agenda_);
        empty_orders_.push_back({.gpu = gpu_of(device)});
        workload_.figures().devices.push_back({.name = scenario_.devices[device].name});
    }
}

void Simulation::switch_at(Duration after, std::unique_ptr<Policy> policy) {
    switches_.push_back({.at = origin + after, .policy = std::move(policy)});
}

RunFigures Simulation::run() {
    const Duration warm_up = std::min(scenario_.warm_up, scenario_.duration);
    workload_.measure_from(origin + warm_up);
    begin();
    run_until(origin + warm_up);
    mark(-1);
    run_until(origin + scenario_.duration);
    mark(1);
    end_watch();
    workload_.figures().window = scenario_.duration - warm_up;
    workload_.figures().events = steps_;
    wind_down();
    return std::move(workload_.figures());
}

std::uint64_t Simulation::run_for(Duration time) {
    if (!announced_) {
        begin();
    }
    run_until(now_ + time);
    return steps_;
}

void Simulation::begin() {
    workload_.start(origin);
    plan_deaths();
    for (Warden& warden : wardens_) {
        warden.prepare();
    }
}

void Simulation::plan_deaths() {
    for (std::uint32_t process = 0; process < workload_.processes().size(); ++process) {
        const JobModel& job = scenario_.jobs[workload_.processes()[process].job];
        if (job.ends > Duration{}) {
            const TimePoint end = origin + job.ends;
            const Duration notice = scenario_.devices[job.device].notice;
            agenda_.add({.at = end, .kind = Event::Kind::died, .subject = process});
            agenda_.add({.at = end + notice, .kind = Event::Kind::buried, .subject = process});
        }
    }
}

TimePoint Simulation::next() const {
    TimePoint next = std::min({agenda_.next(), next_tick_, next_switch()});
    for (const Accelerator& accelerator : accelerators_) {
        next = std::min(next, accelerator.next_change());
    }
    for (const Warden& warden : wardens_) {
        next = std::min(next, warden.next());
    }
    return next;
}

TimePoint Simulation::next_switch() const {
    return switches_.empty() ? TimePoint::max() : switches_.front().at;
}

void Simulation::run_until(TimePoint end) {
    for (TimePoint when = next(); when <= end; when = next()) {
        now_ = std::max(now_, when);
        step(now_);
        memory_.settle(now_);
        if (watch_ != nullptr && watch_->follows()) {
            show_runs();
        }
    }
    now_ = end;
}

// One thing at a time, and of those that happen at once the machine's own come first.
void Simulation::step(TimePoint now) {
    ++steps_;
    if (step_device(now)) {
        return;
    }
    if (agenda_.next() <= now) {
        happen(agenda_.take());
    } else if (next_switch() <= now) {
        switch_policy(now);
    } else if (next_tick_ <= now) {
        next_tick_ += scenario_.tick;
        loop_.tick(now);
    } else {
        step_warden(now);
    }
}

// Whoever asks the agent for another policy is answered when it has ticked.
void Simulation::switch_policy(TimePoint now) {
    loop_.follow(std::move(switches_.front().policy));
    switches_.pop_front();
    loop_.tick(now);
}

bool Simulation::step_device(TimePoint now) {
    const auto due = std::ranges::find_if(accelerators_, [now](const Accelerator& accelerator) {
        return accelerator.next_change() <= now;
    });
    if (due == accelerators_.end()) {
        return false;
    }
    const auto device = static_cast<std::size_t>(due - accelerators_.begin());
    for (const std::uint32_t queue : due->advance(now)) {
        workload_.packet_ended(device, queue, now);
    }
    return true;
}

void Simulation::step_warden(TimePoint now) {
    const auto due = std::ranges::find_if(
        wardens_, [now](const Warden& warden) { return warden.next() <= now; });
    if (due != wardens_.end()) {
        due->pass_time(now);
        consult(now);
    }
}

void Simulation::consult(TimePoint now) {
    tell_neighbours(
        wardens_,
        [](Warden& each) -> OrderExecutor& { return each.executor(); },
        [now](Warden& each) { each.act(now); });
}

void Simulation::happen(const Event& event) {
    if (watch_ != nullptr && event.kind == Event::Kind::ordered) {
        watch_->ordered(event.subject, event.suspends, event.at);
    }
    if (event.kind == Event::Kind::noticed) {
        wardens_[workload_.device_of(event.subject)].noticed(event.subject, event.at);
        consult(event.at);
    } else if (event.kind == Event::Kind::buried) {
        wardens_[workload_.device_of(event.subject)].gone(event.subject, event.at);
        buried_.push_back(event.subject);
        consult(event.at);
    } else {
        workload_.happen(event);
    }
}

void Simulation::show_runs() {
    const std::vector<Workload::Process>& processes = workload_.processes();
    shown_.resize(processes.size());
    for (std::uint32_t number = 0; number < processes.size(); ++number) {
        const bool runs = accelerators_[workload_.device_of(number)].runs(processes[number].owner);
        if (runs != shown_[number]) {
            shown_[number] = runs;
            watch_->runs(number, runs, now_);
        }
    }
}

// What follows is no part of what was asked for.
void Simulation::end_watch() {
    for (std::uint32_t number = 0; number < shown_.size(); ++number) {
        if (shown_[number]) {
            watch_->runs(number, false, now_);
        }
    }
    watch_ = nullptr;
}

void Simulation::launched(std::uint32_t process, TimePoint now) {
    wardens_[workload_.device_of(process)].launched(process, now);
}

const Readings& Simulation::read(TimePoint /*now*/) {
    readings_.clear();
    if (!std::exchange(announced_, true)) {
        announce_machine();
    }
    for (const std::uint32_t process : std::exchange(buried_, {})) {
        readings_.queue_events.emplace_back(OwnerVanished{owner_of(process)});
    }
    for (Warden& warden : wardens_) {
        warden.report_to(readings_.gate_news);
    }
    memory_.report_to(readings_, now_);
    return readings_;
}

void Simulation::announce_machine() {
    for (std::size_t device = 0; device < scenario_.devices.size(); ++device) {
        readings_.devices.push_back({.gpu = gpu_of(device),
                                     .name = scenario_.devices[device].name,
                                     .emulated = true,
                                     .apu = scenario_.devices[device].apu,
                                     .scheduler = scenario_.devices[device].scheduler});
    }
    for (std::uint32_t process = 0; process < workload_.processes().size(); ++process) {
        announce_process(process);
    }
}

void Simulation::announce_process(std::uint32_t number) {
    const Workload::Process& process = workload_.processes()[number];
    const JobModel& job = scenario_.jobs[process.job];
    const OwnerId id = owner_of(number);
    readings_.queue_events.emplace_back(
        OwnerAppeared{{.id = id,
                       .pid = number + 1,
                       .command = job.name,
                       .started = origin,
                       .priority = job.priority,
                       .weight = job.weight,
                       .service_class = job.service_class,
                       .deadline = job.deadline,
                       .cost = job.cost,
                       .level = scenario_.devices[job.device].level}});
    for (std::uint32_t queue = 0; queue < process.streams.size(); ++queue) {
        readings_.queue_events.emplace_back(
            QueueAppeared{{.key = {.owner = id, .gpu = gpu_of(job.device), .number = queue},
                           .type = QueueType::compute_aql}});
    }
}

// An order that nothing is said of any more is an empty one.
Outcome Simulation::apply(const Decision& decision) {
    Outcome outcome;
    for (std::size_t device = 0; device < wardens_.size(); ++device) {
        const auto order = std::ranges::find(decision.orders, gpu_of(device), &DeviceOrder::gpu);
        const bool ordered = order != decision.orders.end();
        const DeviceOrder& followed = ordered ? *order : empty_orders_[device];
        outcome.orders_sent += wardens_[device].follow(followed, now_) ? 1U : 0U;
    }
    consult(now_);
    return outcome;
}

// Adds what was served so far, or takes it away.
void Simulation::mark(int sign) {
    RunFigures& figures = workload_.figures();
    for (std::size_t device = 0; device < accelerators_.size(); ++device) {
        accelerators_[device].advance(now_);
        figures.devices[device].busy += accelerators_[device].busy() * sign;
        figures.devices[device].standing += accelerators_[device].standing() * sign;
    }
    for (std::uint32_t number = 0; number < workload_.processes().size(); ++number) {
        const Workload::Process& process = workload_.processes()[number];
        figures.jobs[process.job].service +=
            accelerators_[workload_.device_of(number)].service_of(process.owner) * sign;
    }
}

void Simulation::wind_down() {
    workload_.wind_down();
    const TimePoint latest = now_ + longest_wind_down;
    while (!workload_.idle() && now_ < latest) {
        run_until(now_ + scenario_.tick);
    }
    RunFigures& figures = workload_.figures();
    figures.finished = workload_.idle();
    workload_.note_outcome();
    // Long enough for the last settle time, and for a turn of everybody's.
    run_until(now_ + std::chrono::seconds(1));
    for (const Warden& warden : wardens_) {
        figures.anyone_suspended = figures.anyone_suspended || warden.anyone_suspended();
    }
    for (std::uint32_t number = 0; number < workload_.processes().size(); ++number) {
        figures.service += accelerators_[workload_.device_of(number)].service_of(
            workload_.processes()[number].owner);
    }
}

}  // namespace penstock::sim
