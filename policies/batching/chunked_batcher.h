// SPDX-License-Identifier: Apache-2.0
//
// Chunked batcher: continuous batching with prefill in chunks, as vLLM and Sarathi do it.
//
// Each iteration computes at most a budget of tokens: first those of requests that run already, one
// for each that decodes, then as much of the prompts of new ones as the budget leaves. The cache
// holds either everything that is predicted of a request from its beginning, or blocks as it grows.
// Where blocks run out, whoever came last gives its own back and begins anew later.

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

class ChunkedBatcher {
  public:
    struct Member {
        Request request{};
        std::uint32_t prefill = 0;  // Tokens that must be in the cache before the next one comes.
        std::uint32_t cached = 0;   // Tokens in the cache.
        std::uint32_t made = 0;     // Tokens of output.
        std::uint32_t held = 0;     // Reserved: tokens, or blocks.
        std::uint32_t chunk = 0;    // Tokens that this iteration computes of it.
    };

    ChunkedBatcher(const BatchingSettings& settings,
                   const ChunkedSettings& chunks,
                   std::uint32_t devices);

    void submit(const Request& request);

    // One that waits is gone, looked for from the front. False when it does not wait.
    bool cancel_waiting(std::uint32_t number) {
        return waiting_.erase_first(
            [&](const Member& member) { return member.request.number == number; });
    }

    [[nodiscard]] bool anyone_waits() const { return !waiting_.empty(); }

    // The device is free: what it computes next. Others join while there is room for so many that
    // run.
    [[nodiscard]] Iteration next_batch(std::uint32_t device, std::uint32_t room = largest_batch);

    // From now on; who runs goes on.
    void set_scale(BatchScale scale) { most_ = scale.of(bounds_.most, bounds_.least); }

    // So many may run on a device now.
    [[nodiscard]] std::uint32_t most() const { return most_; }

    [[nodiscard]] std::span<const Member> running(std::uint32_t device) const {
        return devices_[device].run;
    }

    // The iteration is over. What it answers is good until the next call.
    std::span<const Progress> completed(std::uint32_t device);

    // It ended before its time, between two iterations. False when it does not run there.
    bool cancel(std::uint32_t device, std::uint32_t number);

    // The same of all whose number says so.
    template <typename Ended>
    void cancel_all(std::uint32_t device, Ended has_ended) {
        Device& it = devices_[device];
        std::erase_if(it.run, [&](const Member& member) {
            const bool gone = has_ended(member.request.number);
            it.used -= gone ? member.held : 0;
            it.total -= gone ? member.request.total() : 0;
            return gone;
        });
    }

  private:
    struct Device {
        std::vector<Member> run{};
        std::int64_t used = 0;  // Of the capacity, in the unit of `held`.
        std::uint64_t total = 0;
    };

    [[nodiscard]] std::uint32_t blocks_of(std::uint32_t tokens) const;
    // Blocks for what the member computes now, others giving theirs back. False when it gave its
    // own.
    bool grow(Device& device, std::size_t place, Iteration& iteration);
    void continue_running(Device& device, std::uint32_t& budget, Iteration& iteration);
    void admit_waiting(Device& device,
                       std::uint32_t most,
                       std::uint32_t& budget,
                       Iteration& iteration);
    void evict_last(Device& device);

    ChunkedSettings chunks_;
    BatchBounds bounds_;
    std::uint32_t most_;     // Requests that run at a time.
    std::int64_t capacity_;  // In the unit of `held`.
    RingQueue<Member> waiting_{};
    std::vector<Device> devices_;
    std::vector<Progress> progress_{};
};

}  // namespace penstock::batching
