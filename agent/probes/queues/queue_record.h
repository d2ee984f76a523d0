// SPDX-License-Identifier: Apache-2.0
//
// Queue record: what a discovery program's bytes mean in the glossary's words.

#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "bpf/queue_event.h"
#include "policies/snapshot.h"

namespace penstock {

// Nothing when the bytes are no record: another size, or a kind nobody defined.
[[nodiscard]] std::optional<queue_event> decode_queue_event(std::span<const std::byte> bytes);

// The type as the uapi numbers it; unknown for numbers that are not in it yet.
[[nodiscard]] QueueType queue_type_of(const queue_event& event);

}  // namespace penstock
