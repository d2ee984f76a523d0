// SPDX-License-Identifier: Apache-2.0
//
// TraceEvents: what happens on the machine, as events for a trace viewer: when each owner was
// preempted, and what was moved meanwhile.
//
// Suspensions have the gate's own times, and so are exact; the counters are those of ticks. Times
// are on CLOCK_MONOTONIC, by which traces of other programs can be laid beside.

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "policies/gate_wire.h"
#include "policies/snapshot.h"

namespace penstock::dbus {

class TraceEvents {
  public:
    // Counters come no closer than that.
    static constexpr Duration counters_apart{std::chrono::milliseconds(10)};

    // However many processes come and go during a trace, no more of them are remembered.
    static constexpr std::size_t most_remembered = most_queues;

    // Before the first event.
    [[nodiscard]] static std::string opening();

    // Of what the gate did.
    [[nodiscard]] std::string of(const wire::Acted& acted);

    // What is new of devices and owners, and the counters when they are due.
    [[nodiscard]] std::string of(const Snapshot& seen);

    // What lasts still, up to this moment, and the end.
    [[nodiscard]] std::string closing(TimePoint now, std::uint64_t dropped) const;

  private:
    // Suspended together on a device, or one queue by itself.
    struct Held {
        OwnerId owner{};
        GpuId gpu{};
        std::uint32_t queue = every_queue;
        auto operator<=>(const Held&) const = default;
    };

    void name_new(const Snapshot& seen, std::string& text);
    void name_new_rows(const Owner& owner, std::string& text);

    std::map<Held, std::int64_t> since_{};  // In ns.
    std::set<GpuId> devices_{};             // That have their names.
    std::set<std::pair<OwnerId, GpuId>> rows_{};
    TimePoint counters_due_{};
    bool emulated_ = false;
};

}  // namespace penstock::dbus
