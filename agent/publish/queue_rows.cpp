// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/queue_rows.h"

#include "agent/publish/figures.h"
#include "policies/queue_maker.h"

namespace penstock::dbus {
namespace {

OwnQueueRow row_of(const ProcessObject& process, const Queue& queue) {
    // All queues of an owner on one device are suspended together, so they share its tenure; what
    // they went through by themselves comes on top.
    const Tenure* found = tenure_on(process.owner, queue.key.gpu);
    const Tenure tenure = found == nullptr ? Tenure{} : *found;
    const TimePoint now = process.surface.now;
    return {
        queue.key.gpu.value,
        queue.key.number,
        text_of(queue.type),
        maker_of(queue, process.queues) == QueueMaker::runtime ? "runtime" : "application",
        process.owner.priority,
        text_of(suspended(process.owner, queue) ? ProcessState::preempted : ProcessState::running),
        occupancy_of(queue),
        usec_of(preempted_time(tenure, now) + preempted_time(queue.alone, now)),
        tenure.preemptions + queue.alone.preemptions};
}

}  // namespace

std::vector<OwnQueueRow> own_queue_rows(const ProcessObject& process) {
    std::vector<OwnQueueRow> rows;
    rows.reserve(process.queues.size());
    for (const Queue& queue : process.queues) {
        rows.push_back(row_of(process, queue));
    }
    return rows;
}

std::vector<QueueRow> all_queue_rows(const Surface& surface) {
    std::vector<QueueRow> rows;
    for (const auto& [pid, process] : surface.processes) {
        const std::tuple owner(process->owner.id.value, pid);
        for (const Queue& queue : process->queues) {
            rows.push_back(std::tuple_cat(owner, row_of(*process, queue)));
        }
    }
    return rows;
}

}  // namespace penstock::dbus
