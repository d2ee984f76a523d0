// SPDX-License-Identifier: Apache-2.0
//
// Iteration desk: the desk of the modes whose requests join and leave between iterations. That a
// request has ended is the server's to say: the batcher takes it for one that never does.

#pragma once

#include <vector>

#include "client/libpenstock/batch_desk.h"
#include "policies/batching/chunked_batcher.h"
#include "policies/batching/token_batcher.h"

namespace penstock::client {

template <typename Batcher>
class IterationDesk : public BatchDesk {
  public:
    IterationDesk(std::uint32_t devices, Batcher batcher)
        : BatchDesk(devices), batcher_(std::move(batcher)) {}

    void set_scale(batching::BatchScale scale) override { batcher_.set_scale(scale); }

    [[nodiscard]] std::uint32_t most() const override { return batcher_.most(); }

  protected:
    void take(const batching::Request& request) override;

    void withdraw(std::uint32_t number) override { batcher_.cancel_waiting(number); }

    Result<Written> fill(std::uint32_t device, Items items) override;
    void finish(std::uint32_t device, std::int64_t service_ns) override;

  private:
    Batcher batcher_;
    std::vector<std::uint32_t> before_{};  // Who ran before the iteration that is being made.
};

using TokenDesk = IterationDesk<batching::TokenBatcher>;
using ChunkedDesk = IterationDesk<batching::ChunkedBatcher>;

extern template class IterationDesk<batching::TokenBatcher>;
extern template class IterationDesk<batching::ChunkedBatcher>;

}  // namespace penstock::client
