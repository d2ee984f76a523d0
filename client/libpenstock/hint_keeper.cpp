// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/hint_keeper.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/pidfd.h"

namespace penstock::client {
namespace {

using namespace std::chrono_literals;

// An agent that has refused does not change its mind at once.
constexpr auto ask_every = 5s;
constexpr std::uint64_t patience_usec = 5'000'000;

constexpr const char* no_agent_yet = "no agent reads reports yet";
constexpr const char* no_agent = "the agent has left, and nobody reads reports";
constexpr const char* refused = "the agent takes no reports of this process";
constexpr const char* foreign_page = "the agent's hint page can not be used by this library";

Result<BusMessage> registration(sd_bus* bus) {
    const Result<Fd> self = open_pidfd(::getpid());
    if (!self) {
        return std::unexpected(self.error());
    }
    Result<BusMessage> call = manager_call(bus, "RegisterSelf");
    if (call && sd_bus_message_append(call->get(), "ha{sv}", self->get(), 0) < 0) {
        return fail("write a registration");
    }
    return call;
}

}  // namespace

HintKeeper::HintKeeper(HintView& view) : view_(view), reason_(no_agent_yet) {}

void HintKeeper::agent_came() {
    view_.withdraw();
    ask_next_ = {};
}

void HintKeeper::agent_left() {
    if (view_.shown()) {
        view_.withdraw();
        reason_.store(no_agent, std::memory_order_release);
    }
}

void HintKeeper::ask_if_due(sd_bus* bus) {
    const auto now = std::chrono::steady_clock::now();
    if (!view_.wanted() || view_.shown() || asked_ || now < ask_next_) {
        return;
    }
    ask_next_ = now + ask_every;
    const Result<BusMessage> call = registration(bus);
    sd_bus_slot* slot = nullptr;
    // Where the bus is of no use, the board's keeper finds out.
    if (call && sd_bus_call_async(bus, &slot, call->get(), &on_page, this, patience_usec) >= 0) {
        asked_.reset(slot);
    }
}

int HintKeeper::on_page(sd_bus_message* reply, void* userdata, sd_bus_error* /*error*/) {
    auto& self = *static_cast<HintKeeper*>(userdata);
    self.asked_.reset();
    const char* path = nullptr;
    int number = -1;
    if (sd_bus_message_get_error(reply) != nullptr ||
        sd_bus_message_read(reply, "oh", &path, &number) <= 0) {
        self.reason_.store(refused, std::memory_order_release);
        return 1;
    }
    const Fd ours(::fcntl(number, F_DUPFD_CLOEXEC, 0));
    if (!ours || !self.view_.show(ours)) {
        self.reason_.store(foreign_page, std::memory_order_release);
    }
    return 1;
}

}  // namespace penstock::client
