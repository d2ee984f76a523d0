// SPDX-License-Identifier: Apache-2.0
//
// Whole batch desk: the desk of the modes whose batches begin and end together.

#pragma once

#include <vector>

#include "client/libpenstock/batch_desk.h"
#include "policies/batching/batcher.h"

namespace penstock::client {

class WholeBatchDesk : public BatchDesk {
  public:
    WholeBatchDesk(const batching::BatchingSettings& settings, std::uint32_t devices)
        : BatchDesk(devices), batcher_(settings), in_service_(devices) {}

    void flush() override { batcher_.submitted_all(); }

    void set_scale(batching::BatchScale scale) override { batcher_.set_scale(scale); }

    [[nodiscard]] std::uint32_t most() const override { return batcher_.most(); }

  protected:
    void take(const batching::Request& request) override { batcher_.submit(request); }

    void withdraw(std::uint32_t number) override { batcher_.cancel(number); }

    Result<Written> fill(std::uint32_t device, Items items) override;
    void finish(std::uint32_t device, std::int64_t service_ns) override;

  private:
    batching::Batcher batcher_;
    std::vector<batching::Batch> in_service_;
};

}  // namespace penstock::client
