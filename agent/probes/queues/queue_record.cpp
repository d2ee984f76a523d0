// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/queue_record.h"

#include <cstring>

#include "kmod-helpers/abi/kfd_ioctl.h"

namespace penstock {

std::optional<queue_event> decode_queue_event(std::span<const std::byte> bytes) {
    queue_event event{};
    if (bytes.size() != sizeof(event)) {
        return std::nullopt;
    }
    std::memcpy(&event, bytes.data(), sizeof(event));
    if (event.kind != QUEUE_EVENT_CREATED && event.kind != QUEUE_EVENT_DESTROYED) {
        return std::nullopt;
    }
    return event;
}

QueueType queue_type_of(const queue_event& event) {
    switch (event.queue_type) {
        case kfd::queue_type_compute:
            return QueueType::compute_pm4;
        case kfd::queue_type_compute_aql:
            return QueueType::compute_aql;
        case kfd::queue_type_sdma:
        case kfd::queue_type_sdma_by_engine:
            return QueueType::sdma;
        case kfd::queue_type_sdma_xgmi:
            return QueueType::sdma_xgmi;
        default:
            return QueueType::unknown;
    }
}

}  // namespace penstock
