// SPDX-License-Identifier: Apache-2.0
//
// Workload, continued: what happens to its processes, and what is measured of it.

#include <algorithm>
#include <utility>

#include "policies/lookup.h"
#include "sim/machine/workload.h"

namespace penstock::sim {

void Workload::happen(const Event& event) {
    switch (event.kind) {
        case Event::Kind::arrival:
            arrive(event.subject, event.at);
            return;
        case Event::Kind::again:
            if (!winding_down_) {
                make_request(event.subject, event.at);
            }
            return;
        case Event::Kind::launched:
            launch(event.subject, event.at);
            return;
        case Event::Kind::woken:
            go_on(event.subject, event.at);
            return;
        case Event::Kind::ordered:
            order(event.subject, event.suspends, event.at);
            return;
        case Event::Kind::died:
            die(event.subject, event.at);
            return;
        case Event::Kind::noticed:
        case Event::Kind::buried:
            return;  // The gate's.
    }
}

// The device takes the packets away; whether launching stops is up to the library in the process,
// where there is one.
void Workload::order(std::uint32_t number, bool suspends, TimePoint now) {
    Process& process = processes_[number];
    if (process.dead) {
        return;
    }
    const std::size_t device = device_of(number);
    Accelerator& accelerator = machine_.accelerators[device];
    note_suspension(process, suspends, now);
    if (suspends) {
        accelerator.suspend(process.owner, now);
        process.yields = true;
        note_yield(process, std::max(now, accelerator.changed_at(process.owner)));
    } else {
        process.yields = false;
        accelerator.resume(process.owner, now);
    }
    process.stopped = suspends && cooperates(scenario_.devices[device].level);
    if (suspends) {
        return;
    }
    for (const std::uint32_t stream : process.streams) {
        if (streams_[stream].state == State::stopped) {
            streams_[stream].state = State::waking;
            machine_.agenda.add({.at = now + scenario_.devices[device].wake,
                                 .kind = Event::Kind::woken,
                                 .subject = stream});
        }
    }
}

void Workload::die(std::uint32_t number, TimePoint now) {
    Process& process = processes_[number];
    process.dead = true;
    for (const std::uint32_t each : process.streams) {
        Stream& stream = streams_[each];
        figures_.lost += stream.in_flight;
        under_way_ -= stream.requests.size();
        while (!stream.requests.empty()) {
            stream.requests.pop();
        }
        stream.in_flight = 0;
        stream.launched = 0;
        stream.state = State::idle;
    }
    process.requests = 0;
    machine_.accelerators[device_of(number)].remove(process.owner, now);
}

void Workload::packet_ended(std::size_t device, std::uint32_t queue, TimePoint now) {
    const std::uint32_t number = stream_of_[device][queue];
    Stream& stream = streams_[number];
    Process& process = processes_[stream.process];
    const DeviceModel& model = scenario_.devices[device];
    --stream.in_flight;
    ++figures_.executed;
    note_service(process, now);
    note_yield(process, now);
    if (--stream.requests.front().to_end == 0) {
        request_ended(number, now);
    }
    const std::uint32_t bound = threshold(model);
    if (stream.state == State::full && stream.in_flight + std::min(batch(model), bound) <= bound) {
        stream.state = State::waking;
        machine_.agenda.add(
            {.at = now + model.wake, .kind = Event::Kind::woken, .subject = number});
    }
}

void Workload::request_ended(std::uint32_t number, TimePoint now) {
    Stream& stream = streams_[number];
    Process& process = processes_[stream.process];
    const JobModel& model = scenario_.jobs[process.job];
    const Request request = stream.requests.front();
    stream.requests.pop();
    --stream.launched;
    --process.requests;
    --under_way_;
    note_gap(process.job, now);
    ++figures_.completed;
    stream.served = true;
    figures_.work += request.work;
    const Duration latency = now - request.arrived;
    if (request.arrived >= measured_from_) {
        JobFigures& figures = figures_.jobs[process.job];
        const std::int64_t stretch = latency.count() * 1000 / request.work.count();
        figures.latency.add(latency.count());
        figures.stretch.add(stretch);
        figures_.stretch.add(stretch);
        figures.misses += model.deadline > Duration{} && latency > model.deadline ? 1U : 0U;
    }
    if (model.arrivals.kind == Arrivals::Kind::closed) {
        machine_.agenda.add(
            {.at = now + scenario_.devices[model.device].wake + model.arrivals.think,
             .kind = Event::Kind::again,
             .subject = number});
    }
}

void Workload::note_gap(std::uint32_t job, TimePoint now) {
    const TimePoint before = std::exchange(jobs_[job].ended_at, now);
    if (before >= measured_from_ && !winding_down_) {
        figures_.jobs[job].gap.add((now - before).count());
    }
}

void Workload::note_service(Process& process, TimePoint now) {
    if (now >= measured_from_ && !winding_down_) {
        JobFigures& figures = figures_.jobs[process.job];
        ++figures.packets;
        figures.longest_wait = std::max(figures.longest_wait, now - process.served_at);
    }
    process.served_at = now;
}

void Workload::note_preemption(std::uint32_t number, TimePoint now) {
    Process& process = processes_[number];
    process.yields_since = now;
    if (now >= measured_from_ && !winding_down_) {
        ++figures_.jobs[process.job].preemptions;
    }
}

void Workload::note_outcome() {
    figures_.queues = streams_.size();
    figures_.queues_completed = static_cast<std::uint64_t>(std::ranges::count_if(
        streams_, [](const Stream& stream) { return stream.served && stream.requests.empty(); }));
}

void Workload::note_suspension(Process& process, bool suspends, TimePoint now) {
    if (suspends) {
        process.suspended_since = process.suspended_since.value_or(now);
        return;
    }
    if (process.suspended_since) {
        Duration& longest = figures_.jobs[process.job].longest_suspension;
        longest = std::max(longest, now - *process.suspended_since);
    }
    process.suspended_since.reset();
}

void Workload::note_yield(Process& process, TimePoint now) {
    const JobModel& model = scenario_.jobs[process.job];
    if (!process.yields || !machine_.accelerators[model.device].has_left(process.owner)) {
        return;
    }
    process.yields = false;
    if (process.yields_since >= measured_from_ && !winding_down_) {
        figures_.jobs[process.job].yield.add((now - process.yields_since).count());
    }
}

}  // namespace penstock::sim
