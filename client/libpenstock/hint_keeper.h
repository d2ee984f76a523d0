// SPDX-License-Identifier: Apache-2.0
//
// Hint keeper: registers this process with each agent that comes, once it has something to report,
// and puts the hint page that it is given into the view. It is part of the board keeper's thread.

#pragma once

#include <atomic>
#include <chrono>

#include "client/libpenstock/agent_bus.h"
#include "client/libpenstock/hint_view.h"

namespace penstock::client {

class HintKeeper {
  public:
    // The view outlives it.
    explicit HintKeeper(HintView& view);

    // Another agent, or the same one after it was silent: it is asked anew.
    void agent_came();

    void agent_left();

    // Where there is something to report, and a page is missing.
    void ask_if_due(sd_bus* bus);

    // The connection ends; an answer does not come any more.
    void hang_up() { asked_.reset(); }

    // In a child of the process, where the connection is the parent's.
    void abandon() { static_cast<void>(asked_.release()); }

    // Why there is no page; of the library's own words, which stay.
    [[nodiscard]] const char* reason() const { return reason_.load(std::memory_order_acquire); }

  private:
    static int on_page(sd_bus_message* reply, void* userdata, sd_bus_error* error);

    HintView& view_;
    BusSlot asked_{};  // While an answer is awaited.
    std::chrono::steady_clock::time_point ask_next_{};
    std::atomic<const char*> reason_;
};

}  // namespace penstock::client
