// SPDX-License-Identifier: Apache-2.0
//
// Turnstile: lets each user's requests in at a pace that leaves the agent its time, however fast
// they come.
//
// A request beyond the pace is put aside and back into the queue of what was received when its turn
// comes. Only small ones are kept so: in place of a large one its refusal waits. Somebody who waits
// for his answers is thereby slowed down to the pace, and others do not stand behind him.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <map>

#include "agent/publish/connection.h"
#include "agent/publish/paced_queue.h"
#include "agent/publish/refusal.h"

namespace penstock::dbus {

class Turnstile {
  public:
    using Clock = TimePoint (*)();

    explicit Turnstile(Clock clock) : clock_(clock) {}

    // True when the request may go on now; false when it has been put aside.
    [[nodiscard]] Answer<bool> pass(sd_bus_message* request, std::uint32_t uid);

    // True, once, for a request that was put aside and is back.
    [[nodiscard]] bool had_its_turn(sd_bus_message* request) {
        return !returned_.extract(request).empty();
    }

  private:
    // Either the request, or the answer that it will get.
    struct Held {
        Message message{};
        bool is_answer = false;
    };

    [[nodiscard]] static Result<Held> keep(sd_bus_message* request);
    static int on_time(sd_event_source* source, std::uint64_t when, void* userdata);
    [[nodiscard]] int arm(sd_bus* bus);
    void let_in(Held held);

    Clock clock_;
    PacedQueue<Held> queue_{RequestQuota::requests};
    // On its way through the queue again. Each is held, so that no other message has its address.
    std::map<const sd_bus_message*, Message> returned_{};
    std::unique_ptr<sd_event_source, Releases<&sd_event_source_disable_unref>> timer_{};
};

}  // namespace penstock::dbus
