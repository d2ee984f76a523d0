// SPDX-License-Identifier: Apache-2.0
//
// Bin choice: which of the bins that are not empty the next batch is made of.

#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "policies/batching/batching_settings.h"
#include "policies/batching/request_pool.h"

namespace penstock::batching {

class BinChoice {
  public:
    explicit BinChoice(BinPolicy policy) : policy_(policy) {}

    // Nothing when all are empty.
    [[nodiscard]] std::optional<std::uint32_t> next(std::span<const RequestChain> bins,
                                                    const RequestPool& pool);

  private:
    std::optional<std::uint32_t> in_turn(std::span<const RequestChain> bins);

    BinPolicy policy_;
    std::uint32_t turn_ = 0;  // Of round robin.
};

}  // namespace penstock::batching
