// SPDX-License-Identifier: Apache-2.0
//
// Queue maker: whether an application asked for a queue, or its runtime made it unasked.
//
// HSA gives applications no way to make a copy queue: all of them are the runtime's. Of compute
// queues ROCr makes one of its own just before an application's first one on a device. Nothing in
// the driver tells them apart, so that one is guessed: the first of several, as long as it has
// never had a packet.

#pragma once

#include <span>

#include "policies/snapshot.h"

namespace penstock {

// Whether its packets are copies, made by an engine of its own.
[[nodiscard]] constexpr bool copies(QueueType type) {
    return type == QueueType::sdma || type == QueueType::sdma_xgmi;
}

enum class QueueMaker : std::uint8_t { application, runtime };

// `siblings` are all queues of its owner, itself among them.
[[nodiscard]] QueueMaker maker_of(const Queue& queue, std::span<const Queue> siblings);

}  // namespace penstock
