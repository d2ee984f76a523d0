// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/queue_shelf.h"

#include "base/clock.h"

namespace penstock::puppet {
namespace {

constexpr std::uint64_t kernel_ns = 500'000;  // Each end of a kernel is work for the emulator.

}  // namespace

Result<> QueueShelf::open() {
    if (client_) {
        return {};
    }
    Result<workload::KfdClient> client = workload::KfdClient::open(kfd_);
    if (!client) {
        return std::unexpected(std::move(client).error());
    }
    if (Result<> enabled = client->enable_runtime(); !enabled) {
        return enabled;
    }
    const Result<std::uint32_t> event = client->create_event();
    if (!event) {
        return std::unexpected(event.error());
    }
    event_id_ = *event;
    client_.emplace(std::move(*client));
    return {};
}

Result<> QueueShelf::add(long count) {
    if (Result<> opened = open(); !opened) {
        return opened;
    }
    for (long made = 0; made < count; ++made) {
        auto queue = workload::ClientQueue::create(
            *client_,
            {.gpu_id = gpu_id_, .event_id = event_id_, .kernel = {.duration_ns = kernel_ns}});
        if (!queue) {
            return std::unexpected(std::move(queue).error());
        }
        queues_.push_back(std::move(*queue));
    }
    return {};
}

Result<> QueueShelf::destroy(long place) {
    if (!client_ || queues_.empty()) {
        return fail("there is no queue");
    }
    const auto chosen = queues_.begin() + place % static_cast<long>(queues_.size());
    if (Result<> destroyed = client_->destroy_queue((*chosen)->number()); !destroyed) {
        return destroyed;
    }
    queues_.erase(chosen);
    return {};
}

std::uint64_t QueueShelf::submit(long place, long count) {
    if (queues_.empty()) {
        return 0;
    }
    workload::ClientQueue& queue = *queues_[static_cast<std::size_t>(place) % queues_.size()];
    while (queue.reap()) {
    }
    std::uint64_t submitted = 0;
    while (std::cmp_less(submitted, count) && queue.has_room()) {
        queue.submit(monotonic_now());
        ++submitted;
    }
    return submitted;
}

std::uint64_t QueueShelf::unfinished() {
    std::uint64_t sum = 0;
    for (const auto& queue : queues_) {
        while (queue->reap()) {
        }
        sum += queue->in_flight();
    }
    return sum;
}

void QueueShelf::close() {
    client_.reset();
}

void QueueShelf::forget() {
    queues_.clear();
    client_.reset();
}

}  // namespace penstock::puppet
