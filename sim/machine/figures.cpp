// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/figures.h"

#include <algorithm>

namespace penstock::sim {
namespace {

// Counts and times add up; of waits the longest one counts.
void add(JobFigures& whole, const JobFigures& other) {
    whole.latency.add(other.latency);
    whole.stretch.add(other.stretch);
    whole.yield.add(other.yield);
    whole.gap.add(other.gap);
    whole.dropped += other.dropped;
    whole.packets += other.packets;
    whole.preemptions += other.preemptions;
    whole.misses += other.misses;
    whole.service += other.service;
    whole.longest_wait = std::max(whole.longest_wait, other.longest_wait);
    whole.longest_suspension = std::max(whole.longest_suspension, other.longest_suspension);
}

}  // namespace

void add(RunFigures& whole, const RunFigures& other) {
    for (std::size_t job = 0; job < whole.jobs.size(); ++job) {
        add(whole.jobs[job], other.jobs[job]);
    }
    for (std::size_t device = 0; device < whole.devices.size(); ++device) {
        whole.devices[device].busy += other.devices[device].busy;
        whole.devices[device].standing += other.devices[device].standing;
    }
    whole.stretch.add(other.stretch);
    whole.events += other.events;
    whole.launched += other.launched;
    whole.executed += other.executed;
    whole.lost += other.lost;
    whole.work += other.work;
    whole.service += other.service;
    whole.made += other.made;
    whole.completed += other.completed;
    whole.queues += other.queues;
    whole.queues_completed += other.queues_completed;
    whole.anyone_suspended = whole.anyone_suspended || other.anyone_suspended;
    whole.finished = whole.finished && other.finished;
}

}  // namespace penstock::sim
