// SPDX-License-Identifier: Apache-2.0
//
// Agenda: what happens when, in virtual time. Of two events at one time the one that was put down
// first comes first, so that a run never depends on how the heap happens to be built.

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/units.h"

namespace penstock::sim {

struct Event {
    enum class Kind : std::uint8_t {
        arrival,   // Of a request of the job `subject`.
        again,     // The stream `subject` of a closed job makes its next request.
        launched,  // The stream `subject` has launched a packet.
        woken,     // It has been told that packets have ended.
        noticed,   // The gate sees that a pointer of the process `subject` has moved.
        died,      // The process `subject` is killed.
        buried,    // The gate and the agent learn of it.
        ordered,   // What the gate ordered of the process `subject` takes effect.
    };

    TimePoint at{};
    Kind kind = Kind::arrival;
    std::uint32_t subject = 0;
    bool suspends = false;  // Of ordered ones; otherwise they resume.
    std::uint64_t number = 0;
};

class Agenda {
  public:
    // The end of time when nothing is to come.
    [[nodiscard]] TimePoint next() const {
        return heap_.empty() ? TimePoint::max() : heap_.front().at;
    }

    void add(Event event) {
        event.number = ++added_;
        heap_.push_back(event);
        std::ranges::push_heap(heap_, &later);
    }

    Event take() {
        std::ranges::pop_heap(heap_, &later);
        const Event event = heap_.back();
        heap_.pop_back();
        return event;
    }

  private:
    static bool later(const Event& a, const Event& b) {
        return a.at != b.at ? a.at > b.at : a.number > b.number;
    }

    std::vector<Event> heap_{};
    std::uint64_t added_ = 0;
};

}  // namespace penstock::sim
