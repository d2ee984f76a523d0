// SPDX-License-Identifier: Apache-2.0
//
// Session: the workload's queues as one place to submit requests to and to reap them from.
//
// One thread may submit and one other reap; nothing else is shared between them.

#pragma once

#include <memory>
#include <vector>

#include "kmod-helpers/workload/activity_log.h"
#include "kmod-helpers/workload/client_queue.h"
#include "kmod-helpers/workload/kfd_client.h"

namespace penstock::workload {

class Session {
  public:
    struct Settings {
        std::uint32_t queues = 1;
        std::uint32_t gpu_id = 0;
        std::uint32_t kernels_per_request = 1;
        emulator::SyntheticKernel kernel{};
        bool enable_runtime = true;
        bool counts_packets = false;  // As in ClientQueue.
    };

    static Result<Session> open(KfdClient client, const Settings& settings, ActivityLog& log);

    [[nodiscard]] const std::vector<std::unique_ptr<ClientQueue>>& queues() const {
        return queues_;
    }

    [[nodiscard]] const KfdClient& client() const { return client_; }

    [[nodiscard]] std::uint64_t in_flight() const;

    // Whether the queue whose turn it is takes another request.
    [[nodiscard]] bool has_room() const { return queues_[turn_]->has_room(); }

    // Queues take turns. Only with room.
    void submit(TimePoint arrival);

    // Records everything that is complete, and launches what waited for that.
    void reap();

    // Sleeps in the driver until a signal's event is raised, at most `timeout_ms`.
    Result<bool> wait(std::uint32_t timeout_ms) { return client_.wait(event_id_, timeout_ms); }

  private:
    Session(KfdClient client, ActivityLog& log) : client_(std::move(client)), log_(&log) {}

    KfdClient client_;
    ActivityLog* log_;
    std::vector<std::unique_ptr<ClientQueue>> queues_{};
    std::size_t turn_ = 0;
    std::uint32_t event_id_ = 0;
};

}  // namespace penstock::workload
