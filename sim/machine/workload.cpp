// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/workload.h"

#include <algorithm>
#include <limits>

namespace penstock::sim {
namespace {

// Packets that a usual ring of 64 KiB has room for.
constexpr std::uint32_t ring_packets = 1024;

}  // namespace

Workload::Workload(const Scenario& scenario, Machine machine, bool native)
    : scenario_(scenario),
      machine_(machine),
      native_(native),
      stream_of_(scenario.devices.size()) {}

void Workload::start(TimePoint now) {
    const Chance seed(scenario_.seed);
    for (std::uint32_t number = 0; number < scenario_.jobs.size(); ++number) {
        const JobModel& model = scenario_.jobs[number];
        const Chance own = seed.part(number);
        jobs_.push_back({.arrivals = ArrivalTimes(model.arrivals, own.part(0), now),
                         .chance = own.part(1),
                         .choice = own.part(2)});
        figures_.jobs.push_back({.name = model.name, .dram_rate = model.dram_rate});
        for (std::uint32_t process = 0; process < model.processes; ++process) {
            add_process(number);
        }
    }
    for (std::uint32_t number = 0; number < jobs_.size(); ++number) {
        const JobModel& model = scenario_.jobs[number];
        if (model.arrivals.kind != Arrivals::Kind::closed && model.arrives_with == number) {
            plan_arrival(number);
        }
    }
    for (std::uint32_t stream = 0; stream < streams_.size(); ++stream) {
        const JobModel& model = scenario_.jobs[processes_[streams_[stream].process].job];
        const bool closed = model.arrivals.kind == Arrivals::Kind::closed && !model.muted;
        const std::uint32_t first = closed ? model.arrivals.depth : 0;
        for (std::uint32_t each = 0; each < first; ++each) {
            make_request(stream, now);
        }
    }
}

void Workload::add_process(std::uint32_t job) {
    const JobModel& model = scenario_.jobs[job];
    Accelerator& accelerator = machine_.accelerators[model.device];
    const auto number = static_cast<std::uint32_t>(processes_.size());
    Process process{.job = job, .owner = accelerator.add_owner(model.dram_rate)};
    for (std::uint32_t each = 0; each < model.streams; ++each) {
        const std::uint32_t queue = accelerator.add_queue(process.owner);
        process.streams.push_back(static_cast<std::uint32_t>(streams_.size()));
        stream_of_[model.device].push_back(static_cast<std::uint32_t>(streams_.size()));
        streams_.push_back({.process = number, .queue = queue});
    }
    processes_.push_back(std::move(process));
    jobs_[job].processes.push_back(number);
}

const DeviceModel& Workload::device_model(const Stream& stream) const {
    return scenario_.devices[device_of(stream.process)];
}

std::uint32_t Workload::threshold(const DeviceModel& model) const {
    return native_ || model.launch_threshold == 0 ? ring_packets : model.launch_threshold;
}

std::uint32_t Workload::batch(const DeviceModel& model) const {
    return native_ || model.launch_threshold == 0 ? 1 : model.launch_batch;
}

void Workload::plan_arrival(std::uint32_t job) {
    const TimePoint next = jobs_[job].arrivals.next();
    if (next < TimePoint::max()) {
        machine_.agenda.add({.at = next, .kind = Event::Kind::arrival, .subject = job});
    }
}

void Workload::arrive(std::uint32_t job, TimePoint now) {
    if (winding_down_) {
        return;
    }
    const std::uint32_t drawn = drawn_of_mix(job);
    if (scenario_.jobs[drawn].muted) {
        ++jobs_[drawn].made;  // What others make does not depend on it.
    } else {
        take(drawn, now);
    }
    plan_arrival(job);
}

// A display shows the latest frame that is done: one that comes too early is not begun.
void Workload::take(std::uint32_t number, TimePoint now) {
    Job& job = jobs_[number];
    const std::uint32_t stream = least_busy_stream(job);
    const bool early = processes_[streams_[stream].process].requests > 0;
    if (!early || !scenario_.jobs[number].arrivals.drops) {
        make_request(stream, now);
        return;
    }
    ++job.made;
    figures_.jobs[number].dropped += now >= measured_from_ ? 1U : 0U;
}

std::uint32_t Workload::drawn_of_mix(std::uint32_t leader) {
    double whole = 0;
    for (const JobModel& job : scenario_.jobs) {
        whole += job.arrives_with == leader ? job.portion : 0;
    }
    double left = whole > scenario_.jobs[leader].portion ? jobs_[leader].choice.unit() * whole : 0;
    for (std::uint32_t number = leader; number < scenario_.jobs.size(); ++number) {
        left -= scenario_.jobs[number].arrives_with == leader ? scenario_.jobs[number].portion : 0;
        if (left < 0) {
            return number;
        }
    }
    return leader;
}

// Of equals, the one that has had no request for the longest time.
std::uint32_t Workload::least_busy_stream(Job& job) {
    std::size_t best = 0;
    std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
    for (std::size_t step = 1; step <= job.processes.size() && least > 0; ++step) {
        const std::size_t place = (job.latest + step) % job.processes.size();
        const std::uint32_t requests = processes_[job.processes[place]].requests;
        if (requests < least) {
            least = requests;
            best = place;
        }
    }
    job.latest = best;
    const Process& process = processes_[job.processes[best]];
    return *std::ranges::min_element(process.streams, {}, [this](std::uint32_t stream) {
        return streams_[stream].requests.size();
    });
}

void Workload::make_request(std::uint32_t number, TimePoint now) {
    Stream& stream = streams_[number];
    Process& process = processes_[stream.process];
    if (process.dead) {
        return;
    }
    Job& job = jobs_[process.job];
    const std::uint32_t kernels = scenario_.jobs[process.job].kernels;
    stream.requests.push({.arrived = now,
                          .chance = job.chance.part(job.made++),
                          .to_launch = kernels,
                          .to_end = kernels});
    if (process.requests++ == 0) {
        process.served_at = now;
    }
    ++under_way_;
    ++figures_.made;
    if (stream.state == State::idle) {
        go_on(number, now);
    }
}

void Workload::go_on(std::uint32_t number, TimePoint now) {
    Stream& stream = streams_[number];
    if (processes_[stream.process].dead) {
        return;
    }
    const DeviceModel& model = device_model(stream);
    if (stream.launched == stream.requests.size()) {
        stream.state = State::idle;
    } else if (processes_[stream.process].stopped) {
        stream.state = State::stopped;
    } else if (stream.in_flight >= threshold(model)) {
        stream.state = State::full;
    } else {
        stream.state = State::launching;
        machine_.agenda.add(
            {.at = now + model.launch, .kind = Event::Kind::launched, .subject = number});
    }
}

void Workload::launch(std::uint32_t number, TimePoint now) {
    Stream& stream = streams_[number];
    Process& process = processes_[stream.process];
    if (process.dead) {
        return;
    }
    Request& request = stream.requests.at(stream.launched);
    const Duration length = draw(scenario_.jobs[process.job].kernel, request.chance);
    request.work += length;
    stream.launched += --request.to_launch == 0 ? 1U : 0U;
    ++stream.in_flight;
    ++process.written;
    ++figures_.launched;
    machine_.accelerators[device_of(stream.process)].submit(stream.queue, length, now);
    machine_.watch.launched(stream.process, now);
    go_on(number, now);
}

Workload::Sight Workload::look(std::uint32_t number) const {
    const Process& process = processes_[number];
    const Accelerator& accelerator = machine_.accelerators[device_of(number)];
    const bool work = std::ranges::any_of(process.streams, [&](std::uint32_t stream) {
        return accelerator.unread(streams_[stream].queue) > 0;
    });
    return {.work = work, .written = process.written};
}

}  // namespace penstock::sim
