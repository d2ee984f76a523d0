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

#include "policies/batching/batch_scale.h"
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
        : bounds_(settings.bounds),
          most_(settings.bounds.most),
          capacity_(settings.capacity),
          devices_(devices) {}

    void submit(const Request& request) { waiting_.push_back(request); }

    // One that waits is gone, looked for from the front. False when it does not wait.
    bool cancel_waiting(std::uint32_t number) {
        return waiting_.erase_first(
            [&](const Request& request) { return request.number == number; });
    }

    [[nodiscard]] bool anyone_waits() const { return !waiting_.empty(); }

    // The device is free: whoever fits joins, while there is room for so many that run.
    [[nodiscard]] Iteration next_batch(std::uint32_t device, std::uint32_t room = largest_batch);

    // From now on; who runs goes on.
    void set_scale(BatchScale scale) { most_ = scale.of(bounds_.most, bounds_.least); }

    // So many may run on a device now.
    [[nodiscard]] std::uint32_t most() const { return most_; }

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

    // The same of all whose number says so.
    template <typename Ended>
    void cancel_all(std::uint32_t device, Ended has_ended) {
        Device& it = devices_[device];
        std::erase_if(it.run, [&](const Member& member) {
            const bool gone = has_ended(member.request.number);
            it.reserved -= gone ? member.request.reserved() : 0;
            it.total -= gone ? member.request.total() : 0;
            return gone;
        });
    }

  private:
    struct Device {
        std::vector<Member> run{};
        std::uint64_t steps = 0;
        std::int64_t reserved = 0;
        std::uint64_t total = 0;
    };

    void admit(Device& device);

    BatchBounds bounds_;
    std::uint32_t most_;  // Requests that run at a time.
    std::int64_t capacity_;
    RingQueue<Request> waiting_{};
    std::vector<Device> devices_;
    std::vector<Progress> progress_{};
};

}  // namespace penstock::batching
