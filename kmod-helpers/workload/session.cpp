// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/session.h"

#include "base/clock.h"

namespace penstock::workload {

Result<Session> Session::open(KfdClient client, const Settings& settings, ActivityLog& log) {
    Session session(std::move(client), log);
    if (settings.enable_runtime) {
        if (Result<> enabled = session.client_.enable_runtime(); !enabled) {
            return std::unexpected(enabled.error());
        }
    }
    const Result<std::uint32_t> event_id = session.client_.create_event();
    if (!event_id) {
        return std::unexpected(event_id.error());
    }
    session.event_id_ = *event_id;
    for (std::uint32_t made = 0; made < settings.queues; ++made) {
        Result<std::unique_ptr<ClientQueue>> queue =
            ClientQueue::create(session.client_,
                                {.gpu_id = settings.gpu_id,
                                 .event_id = *event_id,
                                 .kernels_per_request = settings.kernels_per_request,
                                 .kernel = settings.kernel,
                                 .counts_packets = settings.counts_packets});
        if (!queue) {
            return std::unexpected(queue.error());
        }
        session.queues_.push_back(std::move(*queue));
    }
    return session;
}

std::uint64_t Session::in_flight() const {
    std::uint64_t sum = 0;
    for (const auto& queue : queues_) {
        sum += queue->in_flight();
    }
    return sum;
}

void Session::submit(TimePoint arrival) {
    // What is launched later, by whichever thread, is not logged: the log is of submissions.
    if (const std::optional<PointerStore> store = queues_[turn_]->submit(arrival)) {
        log_->add(*store);
    }
    turn_ = (turn_ + 1) % queues_.size();
}

void Session::reap() {
    for (const auto& queue : queues_) {
        while (const std::optional<TimePoint> arrival = queue->reap()) {
            log_->add(CompletedRequest{.arrival = *arrival, .completed = monotonic_now()});
        }
        queue->catch_up();
    }
}

}  // namespace penstock::workload
