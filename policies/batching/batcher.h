// SPDX-License-Identifier: Apache-2.0
//
// Batcher: makes batches whose members start and end together.
//
// Requests are submitted in the order of their arrival, a batch is asked for whenever a device is
// free, and told of when it has been served. A server and the simulator use it alike: it knows no
// clock and no device, and allocates nothing once it has seen as many requests at a time as there
// will be.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "policies/batching/batch_target.h"
#include "policies/batching/batching_settings.h"
#include "policies/batching/bin_choice.h"
#include "policies/batching/request_pool.h"
#include "policies/batching/ring_queue.h"

namespace penstock::batching {

struct Batch {
    RequestChain members{};
    std::uint32_t bin = 0;
    std::uint32_t longest = 0;   // Tokens of its longest member, prompt and output.
    std::uint64_t tokens = 0;    // Of all members.
    std::uint64_t reserved = 0;  // Of all members, with the outputs that were predicted.
};

class Batcher {
  public:
    // Of any mode but continuous. With several bins the boundaries are there.
    explicit Batcher(const BatchingSettings& settings);

    void submit(const Request& request);

    // For a mode that waits for full batches: no request will come any more.
    void submitted_all();

    // Nothing when there is nothing to serve.
    [[nodiscard]] std::optional<Batch> next_batch();

    // A member ended with so many tokens, prompt and output; before its batch is completed. Who
    // does not say so holds for true what was submitted.
    void note_total(std::uint32_t member, std::uint32_t tokens) { pool_.at(member).total = tokens; }

    // The batch's members are gone.
    void completed(const Batch& batch, std::int64_t service_ns);

    // Of a batch that is not completed: `what(place, request)` for each.
    template <typename Visitor>
    void each_member(const Batch& batch, Visitor what) const {
        std::uint32_t place = batch.members.first;
        for (std::uint32_t left = batch.members.count; left > 0; --left) {
            const PooledRequest& member = pool_.at(place);
            what(place, member);
            place = member.next;
        }
    }

    // The largest batch that this bin may give now.
    [[nodiscard]] std::uint32_t target(std::uint32_t bin) const {
        return targets_[targets_.size() == 1 ? 0 : bin].most();
    }

  private:
    // Takes from the front of a bin: the first one always, others while they fit.
    Batch form(std::uint32_t bin, std::uint32_t most, std::int64_t capacity);

    BatchingSettings settings_;
    RequestPool pool_{};
    std::vector<RequestChain> bins_;
    std::vector<BatchTarget> targets_;  // One, or one for each bin.
    BinChoice choice_;
    RingQueue<Batch> formed_{};  // Full ones, of the mode that waits for them.
};

}  // namespace penstock::batching
