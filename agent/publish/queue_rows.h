// SPDX-License-Identifier: Apache-2.0
//
// Rows of queues, as ListQueues answers them. Queues are rows and not objects, because one job can
// have hundreds and clients of the ObjectManager would be flooded.

#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "agent/publish/surface.h"

namespace penstock::dbus {

// process id, pid, gpu_id, queue_id, type, maker, priority, state, occupancy, preempted_usec,
// n_preemptions
using QueueRow = std::tuple<std::uint64_t,
                            std::uint32_t,
                            std::uint32_t,
                            std::uint32_t,
                            std::string,
                            std::string,
                            std::int32_t,
                            std::string,
                            double,
                            std::uint64_t,
                            std::uint64_t>;

// gpu_id, queue_id, and then as above from the type on.
using OwnQueueRow = std::tuple<std::uint32_t,
                               std::uint32_t,
                               std::string,
                               std::string,
                               std::int32_t,
                               std::string,
                               double,
                               std::uint64_t,
                               std::uint64_t>;

[[nodiscard]] std::vector<OwnQueueRow> own_queue_rows(const ProcessObject& process);
[[nodiscard]] std::vector<QueueRow> all_queue_rows(const Surface& surface);

}  // namespace penstock::dbus
