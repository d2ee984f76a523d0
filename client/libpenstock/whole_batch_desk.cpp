// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/whole_batch_desk.h"

#include <algorithm>

namespace penstock::client {

using batching::PooledRequest;

Result<BatchDesk::Written> WholeBatchDesk::fill(std::uint32_t device, Items items) {
    const std::size_t room = std::min<std::size_t>(items.size(), batching::largest_batch);
    const std::optional<batching::Batch> batch =
        batcher_.next_batch(static_cast<std::uint32_t>(room));
    if (!batch) {
        return Written();
    }
    in_service_[device] = *batch;
    std::size_t written = 0;
    batcher_.each_member(*batch, [&](std::uint32_t, const PooledRequest& member) {
        items[written++] = seat(member.number, device, member.reserved);
    });
    return Written{.items = written, .running = batch->members.count};
}

void WholeBatchDesk::finish(std::uint32_t device, std::int64_t service_ns) {
    const batching::Batch& batch = in_service_[device];
    batcher_.make_room(batch);
    batcher_.each_member(batch, [&](std::uint32_t place, const PooledRequest& member) {
        const RequestRoll::Entry& entry = roll_.at(member.number);
        if (entry.ended) {
            batcher_.note_total(place, member.reserved - entry.predicted + entry.output);
        }
        leave(member.number);
    });
    batcher_.completed(batch, service_ns);
}

}  // namespace penstock::client
