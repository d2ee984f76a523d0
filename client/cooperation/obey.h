// SPDX-License-Identifier: Apache-2.0
//
// Obey: one order, carried out and answered.

#pragma once

#include "client/cooperation/queue_keeper.h"
#include "client/protocol/messages.h"

namespace penstock::client {

// Nothing reaches the keeper that its abilities do not cover or whose values are out of range.
[[nodiscard]] Done obey(const Order& order, std::uint32_t abilities, QueueKeeper& keeper);

}  // namespace penstock::client
