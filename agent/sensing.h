// SPDX-License-Identifier: Apache-2.0
//
// Sensing: opens what this machine offers for seeing queues, and feeds it to the tracker.
//
// Everything here may be missing: without BPF's events sysfs is read again and again, without BPF's
// pointer watch the gate samples. What is missing is said in whole sentences.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/actuation/gate_client.h"
#include "agent/probes/queues/queue_discovery.h"
#include "agent/watch_slots.h"

namespace penstock {

class Sensing {
  public:
    struct Parts {
        std::string kfd_path = "/dev/kfd";
        std::string sysfs_root = "/sys";
        Duration sampling_period{std::chrono::milliseconds(1)};  // Of queues BPF can not watch.
        bool watch_pointers = true;
    };

    Sensing(Parts parts, QueueListener& listener);

    // Once the device is there. Never fails: what is missing is in reasons().
    void open();

    [[nodiscard]] int events_fd() const { return discovery_ ? discovery_->fd() : -1; }

    [[nodiscard]] bool watches_pointers() const { return watch_.has_value(); }

    [[nodiscard]] GateClient::PointerSource pointer_source() const;

    // Takes what BPF has reported.
    void take_events();

    // Reads sysfs when that is due: often without BPF, at once after lost events, rarely otherwise.
    void scan_if_due(TimePoint now);

    // Something has changed that only sysfs tells.
    void scan_soon() { scan_due_ = {}; }

    QueueTracker& tracker() { return tracker_; }

    [[nodiscard]] const QueueTracker& tracker() const { return tracker_; }

    [[nodiscard]] const std::vector<std::string>& reasons() const { return reasons_; }

  private:
    void scan();

    Parts parts_;
    Tree sysfs_;
    Tree proc_{"/proc"};
    std::optional<QueueDiscovery> discovery_{};
    std::optional<PointerWatch> watch_{};
    std::optional<WatchSlots> slots_{};
    QueueTracker tracker_;
    std::vector<std::string> reasons_{};
    TimePoint scan_due_{};
    std::uint64_t known_drops_ = 0;
};

}  // namespace penstock
