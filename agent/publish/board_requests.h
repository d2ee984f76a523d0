// SPDX-License-Identifier: Apache-2.0
//
// Board requests: what clients ask of the board, and of the levels that it shows.

#pragma once

#include <cstdint>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// 0 while there is no board.
[[nodiscard]] std::uint64_t board_generation(const ManagerObject& manager);

// A descriptor that only reads. Refused with NotSupported where there is no board.
Answer<Fd> open_board(ManagerObject& manager, const Caller& caller);

// Refused out of 0.1..0.9.
Answer<> set_target_utilization(MemoryObject& memory, const Caller& caller, double target);

}  // namespace penstock::dbus
