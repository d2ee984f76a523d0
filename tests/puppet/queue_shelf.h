// SPDX-License-Identifier: Apache-2.0
//
// Queue shelf: the compute queues of one puppet, made and destroyed on command.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kmod-helpers/workload/client_queue.h"
#include "kmod-helpers/workload/kfd_client.h"

namespace penstock::puppet {

class QueueShelf {
  public:
    QueueShelf(std::string kfd, std::uint32_t gpu_id) : kfd_(std::move(kfd)), gpu_id_(gpu_id) {}

    // Opens the device and enables the runtime, unless that was done.
    Result<> open();

    // Until there are `count` more or the driver refuses; the others stay.
    Result<> add(long count);

    // By its place, modulo their number, so that any number names one.
    Result<> destroy(long place);

    // As many requests as there is room for, at most `count`. Queue and count as above.
    std::uint64_t submit(long place, long count);

    // Requests that the device has not completed.
    [[nodiscard]] std::uint64_t unfinished();

    [[nodiscard]] std::size_t size() const { return queues_.size(); }

    // As close(2): the driver keeps the queues until the program ends.
    void close();

    // What a forked child does: it inherits the memory, but no queue.
    void forget();

  private:
    std::string kfd_;
    std::uint32_t gpu_id_;
    std::optional<workload::KfdClient> client_;
    std::uint32_t event_id_ = 0;
    std::vector<std::unique_ptr<workload::ClientQueue>> queues_;
};

}  // namespace penstock::puppet
