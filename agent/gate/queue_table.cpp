// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/queue_table.h"

#include <algorithm>

namespace penstock::gate {
namespace {

std::uint32_t number_of(const CaredQueue& queue) {
    return queue.at.key.number;
}

// What one source leaves open (BPF the type, the driver the slot) the other one keeps.
void learn(wire::QueueAt& known, const wire::QueueAt& told) {
    if (told.type != QueueType::unknown) {
        known.type = told.type;
    }
    if (told.write_address != 0 && told.read_address != 0) {
        known.write_address = told.write_address;
        known.read_address = told.read_address;
        known.ring_address = told.ring_address;
        known.ring_bytes = told.ring_bytes;
    }
}

bool is_another(const wire::QueueAt& known, const wire::QueueAt& told) {
    return known.key != told.key || (known.ring_address != 0 && told.ring_address != 0 &&
                                     known.ring_address != told.ring_address);
}

}  // namespace

CaredQueue* QueueTable::find(std::uint32_t number) {
    const auto place = std::ranges::lower_bound(queues_, number, {}, number_of);
    return place != queues_.end() && number_of(*place) == number ? &*place : nullptr;
}

const CaredQueue* QueueTable::find(std::uint32_t number) const {
    const auto place = std::ranges::lower_bound(queues_, number, {}, number_of);
    return place != queues_.end() && number_of(*place) == number ? &*place : nullptr;
}

CaredQueue* QueueTable::put(const wire::QueueAt& queue) {
    if (CaredQueue* known = find(queue.key.number)) {
        if (is_another(known->at, queue)) {
            *known = CaredQueue{.at = queue};
            return known;
        }
        learn(known->at, queue);
        return known;
    }
    if (queues_.size() >= kfd::max_queues_per_process) {
        return nullptr;
    }
    const auto place = std::ranges::lower_bound(queues_, queue.key.number, {}, number_of);
    return &*queues_.insert(place, CaredQueue{.at = queue});
}

void QueueTable::remove(std::uint32_t number) {
    std::erase_if(queues_, [&](const CaredQueue& queue) { return number_of(queue) == number; });
}

bool QueueTable::suspended_another(const wire::QueueAt& queue) const {
    const CaredQueue* known = find(queue.key.number);
    return known != nullptr && known->suspended && is_another(known->at, queue);
}

std::vector<wire::QueueAt> QueueTable::absorb(OwnerId owner,
                                              std::span<const kfd::QueueSnapshotEntry> entries) {
    std::vector<wire::QueueAt> found;
    std::vector<std::uint32_t> listed;
    for (const kfd::QueueSnapshotEntry& entry : entries) {
        const wire::QueueAt queue{
            .key = {.owner = owner, .gpu = {entry.gpu_id}, .number = entry.queue_id},
            .type = queue_type(entry.queue_type),
            .ring_address = entry.ring_base_address,
            .write_address = entry.write_pointer_address,
            .read_address = entry.read_pointer_address,
            .ring_bytes = entry.ring_size};
        const CaredQueue* known = find(queue.key.number);
        const bool is_new = known == nullptr || is_another(known->at, queue);
        if (put(queue) != nullptr && is_new) {
            found.push_back(queue);
        }
        listed.push_back(queue.key.number);
    }
    std::ranges::sort(listed);
    std::erase_if(queues_, [&](const CaredQueue& queue) {
        return !std::ranges::binary_search(listed, number_of(queue));
    });
    return found;
}

QueueType queue_type(std::uint32_t uapi_type) {
    switch (uapi_type) {
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

}  // namespace penstock::gate
