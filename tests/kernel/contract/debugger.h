// SPDX-License-Identifier: Apache-2.0
//
// Debugger: the steps of a DBG_TRAP session that cases are made of. The stage debugs its target; a
// step answers what the driver said.

#pragma once

#include "tests/kernel/contract/stage.h"

namespace penstock::contract {

inline constexpr std::uint64_t all_exceptions = ~std::uint64_t{0};

// The argument of an operation on a process with everything in order, as far as possible.
kfd::DebugTrap fine_argument(Stage& stage, pid_t pid, kfd::DebugOp op);

// The outputs that the operation has, in words that are the same everywhere.
std::string outputs(Stage& stage, const kfd::DebugTrap& argument);

// Calls, and says what came of it.
std::string perform(Stage& stage, kfd::DebugTrap argument);
std::string perform(Stage& stage, pid_t pid, kfd::DebugOp op);

std::string enable(Stage& stage, std::uint64_t exceptions = all_exceptions);
std::string disable(Stage& stage);
std::string query(Stage& stage, std::uint64_t clear = 0);
std::string send_runtime_event(Stage& stage, std::uint64_t exceptions);

// The target opens the driver's file and is traced by us, without being stopped.
void seize_opened(Stage& stage);
void enable_traced(Stage& stage);
void stop_tracing(Stage& stage);

// Has the target call RUNTIME_ENABLE; it may still block afterwards.
std::string start_runtime(Stage& stage, std::uint32_t mode);

}  // namespace penstock::contract
