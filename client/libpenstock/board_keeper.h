// SPDX-License-Identifier: Apache-2.0
//
// Board keeper: a thread that finds the agent, shows its board, and looks for the next one when
// that has fallen silent; to each it registers this process, should that have to report. The
// threads of the program never wait for it.

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "client/libpenstock/agent_bus.h"
#include "client/libpenstock/board_view.h"
#include "client/libpenstock/hint_keeper.h"

namespace penstock::client {

class BoardKeeper {
  public:
    // The views outlive it.
    static Result<std::unique_ptr<BoardKeeper>> start(std::string address,
                                                      BoardView& view,
                                                      HintView& hints);

    ~BoardKeeper();

    BoardKeeper(const BoardKeeper&) = delete;
    BoardKeeper& operator=(const BoardKeeper&) = delete;
    BoardKeeper(BoardKeeper&&) = delete;
    BoardKeeper& operator=(BoardKeeper&&) = delete;

    // In a child of the process that started it, where there is no such thread: nothing of it is
    // ended here.
    void abandon();

    // Until there is a board, or the time is over.
    void wait(std::chrono::milliseconds longest);

    // Why there is no board; of the library's own words, which stay.
    [[nodiscard]] const char* reason() const { return reason_.load(std::memory_order_acquire); }

    // Why nobody reads this process' hints, likewise.
    [[nodiscard]] const char* hint_reason() const { return hints_.reason(); }

  private:
    BoardKeeper(std::string address, BoardView& view, HintView& hints, Fd stop);

    void run();
    void serve(sd_bus* bus);
    bool ask_if_due(sd_bus* bus);
    void sleep(sd_bus* bus, std::chrono::milliseconds longest) const;
    void settle(const char* reason);
    static int on_board(sd_bus_message* reply, void* userdata, sd_bus_error* error);

    std::string address_;
    BoardView& view_;
    HintKeeper hints_;
    Fd stop_;
    BusSlot asked_{};  // While an answer is awaited.
    std::chrono::steady_clock::time_point ask_next_{};
    std::atomic<bool> stopping_ = false;
    std::atomic<const char*> reason_;
    std::mutex mutex_{};  // With the condition, for who waits.
    std::condition_variable tried_{};
    bool shown_ = false;  // By the mutex.
    std::thread thread_{};
};

}  // namespace penstock::client
