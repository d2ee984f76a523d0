// SPDX-License-Identifier: Apache-2.0

#include "agent/sensing.h"

#include <utility>

#include "agent/probes/queues/queue_record.h"
#include "agent/probes/queues/sysfs_queues.h"
#include "base/clock.h"
#include "base/journal.h"

namespace penstock {
namespace {

constexpr Duration scan_period_with_events = std::chrono::seconds(10);
constexpr Duration scan_period_without_events = std::chrono::milliseconds(250);

wire::QueueAt queue_at(const queue_event& event) {
    return {.key = {.gpu = {event.gpu_id}, .number = event.queue_number},
            .type = queue_type_of(event),
            .ring_address = event.ring_address,
            .write_address = event.write_address,
            .read_address = event.read_address,
            .ring_bytes = event.ring_bytes};
}

}  // namespace

Sensing::Sensing(Parts parts, QueueListener& listener)
    : parts_(std::move(parts)),
      sysfs_(parts_.sysfs_root),
      tracker_([this](std::uint32_t pid) { return identify_owner(proc_, pid, monotonic_now()); },
               nullptr,
               listener) {}

void Sensing::open() {
    reasons_.clear();
    Result<QueueDiscovery> discovery = QueueDiscovery::open(parts_.kfd_path, {});
    if (discovery) {
        discovery_.emplace(std::move(*discovery));
        journal(Severity::info, "queues are discovered by " + discovery_->how());
    } else {
        reasons_.push_back("new queues are found late: " + discovery.error().message());
    }
    if (!parts_.watch_pointers) {
        return;
    }
    Result<PointerWatch> watch = PointerWatch::open(proc_);
    if (!watch) {
        reasons_.push_back("write pointers are sampled: " + watch.error().message());
        return;
    }
    watch_.emplace(std::move(*watch));
    slots_.emplace(*watch_);
    tracker_.watch_with(&*slots_);
}

GateClient::PointerSource Sensing::pointer_source() const {
    const auto period = static_cast<std::uint64_t>(parts_.sampling_period.count());
    if (!watch_) {
        return {.sampling_period_ns = period};
    }
    return {.ring_fd = watch_->ring_fd(),
            .slots_fd = watch_->slots_fd(),
            .ring_bytes = POINTER_RING_BYTES,
            .slot_count = WATCH_SLOTS,
            .sampling_period_ns = period};
}

void Sensing::take_events() {
    if (!discovery_) {
        return;
    }
    for (const queue_event& event : discovery_->take()) {
        if (event.tgid == 0) {
            continue;  // A process that our pid namespace can not name can not be scheduled.
        }
        if (event.kind == QUEUE_EVENT_CREATED) {
            tracker_.seen(event.tgid, queue_at(event));
        } else {
            tracker_.destroyed(event.tgid, event.queue_number);
        }
    }
}

void Sensing::scan_if_due(TimePoint now) {
    const std::uint64_t drops = discovery_ ? discovery_->dropped() : 0;
    if (drops != known_drops_) {
        journal(Severity::warning,
                std::to_string(drops - known_drops_) + " queue events were lost; reading sysfs");
        known_drops_ = drops;
        scan_due_ = now;
    }
    if (now >= scan_due_) {
        scan_due_ = now + (discovery_ ? scan_period_with_events : scan_period_without_events);
        scan();
    }
}

void Sensing::scan() {
    const Result<QueueListing> listing = scan_queues(sysfs_);
    if (!listing) {
        return;  // The survey of devices says that the driver is gone.
    }
    std::vector<QueueTracker::Listed> all;
    for (const ListedQueue& queue : listing->queues) {
        all.push_back({.pid = queue.pid,
                       .queue = {.key = {.gpu = queue.gpu, .number = queue.number},
                                 .type = queue.type,
                                 .ring_bytes = queue.ring_bytes}});
    }
    tracker_.listed(all);
    for (const Error& error : listing->unreadable) {
        journal(Severity::warning, "a queue is not listed: " + error.message());
    }
}

}  // namespace penstock
