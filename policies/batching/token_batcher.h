// SPDX-License-Identifier: Apache-2.0
//
// Token batcher: requests join a device between two iterations and leave it after as many as they
// have tokens, prompt and output alike; what is predicted of them is reserved for as long.
//
// The plainest form of continuous batching: it needs no more of a device than batches do.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/batching/batching_settings.h"
#include "policies/batching/iteration.h"
#include "policies/batching/request.h"
#include "policies/batching/ring_queue.h"

namespace penstock::batching {

class TokenBatcher {
  public:
    struct Member {
        Request request{};
        std::uint64_t ends = 0;  // After so many iterations of its device.
    };

    TokenBatcher(const BatchingSettings& settings, std::uint32_t devices)
        : most_(settings.bounds.most), capacity_(settings.capacity), devices_(devices) {}

    void submit(const Request& request) { waiting_.push_back(request); }

    [[nodiscard]] bool anyone_waits() const { return !waiting_.empty(); }

    // The device is free: whoever fits joins.
    [[nodiscard]] Iteration next_batch(std::uint32_t device);

    [[nodiscard]] std::span<const Member> running(std::uint32_t device) const {
        return devices_[device].run;
    }

    // Until the first of those that run leaves. Somebody runs.
    [[nodiscard]] std::uint64_t steps_to_next_end(std::uint32_t device) const;

    // Whether nobody can join before somebody has left, whatever comes.
    [[nodiscard]] bool is_full(std::uint32_t device) const;

    // So many iterations are over, no more than until the first leaves. What it answers is good
    // until the next call.
    std::span<const Progress> completed(std::uint32_t device, std::uint64_t steps);

    // It ended before its time. False when it does not run there.
    bool cancel(std::uint32_t device, std::uint32_t number);

  private:
    struct Device {
        std::vector<Member> run{};
        std::uint64_t steps = 0;
        std::int64_t reserved = 0;
        std::uint64_t total = 0;
    };

    void admit(Device& device);

    std::uint32_t most_;  // Requests that run at a time.
    std::int64_t capacity_;
    RingQueue<Request> waiting_{};
    std::vector<Device> devices_;
    std::vector<Progress> progress_{};
};

}  // namespace penstock::batching
