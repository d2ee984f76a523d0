// SPDX-License-Identifier: Apache-2.0
//
// Leasing agent: the shipped bus service in a thread beside the test, which gives out leases.

#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "agent/publish/bus_service.h"
#include "tests/unit/libpenstock/busy_board.h"
#include "tests/unit/libpenstock/event_thread.h"
#include "tests/unit/publish/fake_loop.h"

namespace penstock::test {

// Patient as long as answers on the bus take.
template <typename Holds>
bool comes_true(Holds holds) {
    for (int round = 0; round < 4000 && !holds(); ++round) {
        ::usleep(1000);
    }
    return holds();
}

// A memory node that moves 100 GB/s, so that leases of 95 are given out.
class LeasingAgent {
  public:
    explicit LeasingAgent(const std::string& address) {
        thread_.call([&](sd_event* event) {
            auto service = BusService::open(event, address, loop_);
            ASSERT_TRUE(service) << service.error().message();
            service_ = *std::move(service);
            service_->show_board(page());  // Clients wait for it as they are opened.
            loop_.publisher = service_.get();
        });
        set_peak(100'000'000'000);
    }

    ~LeasingAgent() {
        thread_.call([this](sd_event*) { service_.reset(); });
    }

    LeasingAgent(const LeasingAgent&) = delete;
    LeasingAgent& operator=(const LeasingAgent&) = delete;
    LeasingAgent(LeasingAgent&&) = delete;
    LeasingAgent& operator=(LeasingAgent&&) = delete;

    template <typename Answer>
    Answer ask(Answer (*question)(dbus::LeaseDesk&)) {
        Answer answer{};
        thread_.call([&](sd_event*) { answer = question(service_->leases()); });
        return answer;
    }

    std::size_t leases() {
        return ask<std::size_t>([](dbus::LeaseDesk& desk) { return desk.ledger().all().size(); });
    }

    std::size_t exclusive_leases() {
        return ask<std::size_t>([](dbus::LeaseDesk& desk) {
            return static_cast<std::size_t>(std::ranges::count_if(
                desk.ledger().all(),
                [](const Lease& lease) { return lease.wish.exclusive && lease.held; }));
        });
    }

    void limit(LeaseLedger::Limits limits) {
        thread_.call([&](sd_event*) { service_->limit_leases(limits, 1); });
    }

    void set_peak(std::optional<std::uint64_t> peak) {
        thread_.call([&](sd_event*) {
            auto& sample = loop_.snapshot.memory[0].peak;
            sample = {.source = "a test"};
            if (peak) {
                sample.value = BytesPerSecond{*peak};
            }
            loop_.publish();
        });
    }

    void end_first_lease() {
        thread_.call([&](sd_event*) {
            service_->leases().release(service_->leases().ledger().all().front().id);
        });
    }

    // Of another process, which the reader is the only trace of.
    Fd restore(std::uint64_t promise) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
        thread_.call([&](sd_event*) {
            EXPECT_TRUE(service_->leases().restore(
                {.number = 77,
                 .wish = {.party = {.uid = 7, .pid = 1}, .want = promise, .least = promise},
                 .promise = promise},
                Fd(ends[0])));
        });
        return Fd(ends[1]);
    }

  private:
    EventThread thread_{};
    FakeLoop loop_{};
    std::unique_ptr<BusService> service_{};
};

}  // namespace penstock::test
