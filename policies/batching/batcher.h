// SPDX-License-Identifier: Apache-2.0
//
// Batcher: makes batches whose members start and end together.
//
// Requests are submitted in the order of their arrival, a batch is asked for whenever a device is
// free, and told of when it has been served. A server and the simulator use it alike: it knows no
// clock and no device, and allocates nothing once it has seen as many requests at a time as there
// will be.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "policies/batching/batch_scale.h"
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

    // One that waits is gone; a full batch that it was in is served without it. It is looked for
    // from the front of each queue. False when it does not wait.
    bool cancel(std::uint32_t number);

    // For a mode that waits for full batches: no request will come any more.
    void submitted_all();

    // Nothing when there is nothing to serve. Of more than one request only as many as there is
    // room for.
    [[nodiscard]] std::optional<Batch> next_batch(std::uint32_t room = largest_batch);

    // From now on; batches in service stay as they are.
    void set_scale(BatchScale scale);

    // A member ended with so many tokens, prompt and output; before its batch is completed. Who
    // does not say so holds for true what was submitted.
    void note_total(std::uint32_t member, std::uint32_t tokens) { pool_.at(member).total = tokens; }

    // The completion of this batch needs no memory then.
    void make_room(const Batch& batch) { target_of(batch.bin).make_room(); }

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
        return std::min(targets_[scope_of(bin)].most(), most_);
    }

    // The largest batch that there may be now, of any bin.
    [[nodiscard]] std::uint32_t most() const { return has_fixed_size() ? fixed_ : most_; }

  private:
    // So many of one bin, for a mode that waits for them.
    struct Full {
        RequestChain members{};
        std::uint32_t bin = 0;
    };

    [[nodiscard]] std::uint32_t scope_of(std::uint32_t bin) const {
        return targets_.size() == 1 ? 0 : bin;
    }

    BatchTarget& target_of(std::uint32_t bin) { return targets_[scope_of(bin)]; }

    [[nodiscard]] bool has_fixed_size() const {
        return settings_.mode == Mode::static_fifo || settings_.mode == Mode::multi_bin_fixed;
    }

    // Takes from the front of a bin: the first one always, others while they fit.
    Batch form(RequestChain& from, std::uint32_t most, std::int64_t capacity);
    Batch form_dynamic(std::uint32_t bin, std::uint32_t room);
    bool cancel_full(std::uint32_t number);
    std::optional<Batch> next_full(std::uint32_t room);

    // Full batches of what waits in a bin.
    void fill(std::uint32_t bin);
    void close(std::uint32_t bin, std::uint32_t count);

    BatchingSettings settings_;
    std::uint32_t most_;   // What the scale leaves of the largest batch, and
    std::uint32_t fixed_;  // of the one that has a fixed number.
    RequestPool pool_{};
    std::vector<RequestChain> bins_;
    std::vector<BatchTarget> targets_;  // One, or one for each bin.
    BinChoice choice_;
    RingQueue<Full> full_{};
};

}  // namespace penstock::batching
