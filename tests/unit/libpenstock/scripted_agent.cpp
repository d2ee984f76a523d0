// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/libpenstock/scripted_agent.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

// "dram /org/penstock1/memory/0 5 {min=1 why=a test}".
std::string wish_in(sd_bus_message* call) {
    std::string resource = text_at(call);
    std::string target = text_at(call);
    std::string text = fmt::format("{} {} {} {{", resource, target, text_at(call));
    sd_bus_message_enter_container(call, 'a', "{sv}");
    std::string gap;
    while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
        const std::string key = text_at(call);
        text += std::exchange(gap, " ") + key + '=' + text_at(call);
        sd_bus_message_exit_container(call);
    }
    return text + '}';
}

}  // namespace

ScriptedAgent::ScriptedAgent(const std::string& address) {
    thread_.call([&](sd_event* event) {
        auto bus = client::connect(address);
        ASSERT_TRUE(bus);
        bus_ = *std::move(bus);
        ASSERT_GE(sd_bus_add_filter(bus_.get(), nullptr, &ScriptedAgent::on_call, this), 0);
        ASSERT_GE(sd_bus_request_name(bus_.get(), client::agent_name, 0), 0);
        ASSERT_GE(sd_bus_attach_event(bus_.get(), event, 0), 0);
    });
}

ScriptedAgent::~ScriptedAgent() {
    thread_.call([this](sd_event*) { bus_.reset(); });
}

int ScriptedAgent::held() {
    std::ptrdiff_t held = 0;
    thread_.call([&](sd_event*) {
        held = std::ranges::count_if(readers_, [](const Fd& reader) {
            pollfd looked{.fd = reader.get(), .events = POLLIN, .revents = 0};
            return ::poll(&looked, 1, 0) == 0;
        });
    });
    return static_cast<int>(held);
}

std::string ScriptedAgent::caller(sd_bus_message* call) {
    const int next = static_cast<int>(callers_.size()) + 1;
    return std::to_string(
        callers_.try_emplace(sd_bus_message_get_sender(call), next).first->second);
}

int ScriptedAgent::on_call(sd_bus_message* call, void* userdata, sd_bus_error* /*error*/) {
    auto& self = *static_cast<ScriptedAgent*>(userdata);
    if (sd_bus_message_is_method_call(call, client::manager_interface, "AcquireLease") > 0) {
        return self.answer_wish(call);
    }
    if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Properties", "Get") > 0) {
        self.told_.push_back(self.caller(call) + " Get");
        return self.answer_rate(call);
    }
    if (sd_bus_message_is_method_call(call, "org.penstock1.Lease", "Release") > 0) {
        self.told_.push_back(self.caller(call) + " Release");
        return 1;
    }
    return 0;
}

int ScriptedAgent::answer_wish(sd_bus_message* call) {
    told_.push_back(caller(call) + " AcquireLease " + wish_in(call));
    switch (script_.answers) {
        case Answers::lease:
            return give_lease(call);
        case Answers::error:
            return sd_bus_reply_method_errorf(
                call, script_.error.c_str(), "%s", script_.sentence.c_str());
        case Answers::number:
            return sd_bus_reply_method_return(call, "u", 7U);
        case Answers::nothing:
            break;
    }
    return 1;
}

int ScriptedAgent::give_lease(sd_bus_message* call) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    readers_.emplace_back(ends[0]);
    const Fd writer(ends[1]);
    return sd_bus_reply_method_return(
        call, "hot", writer.get(), "/org/penstock1/lease/1", script_.granted);
}

int ScriptedAgent::answer_rate(sd_bus_message* call) const {
    if (!script_.rate_error.empty()) {
        return sd_bus_reply_method_errorf(call, script_.rate_error.c_str(), "no");
    }
    if (script_.rate_is_a_text) {
        return sd_bus_reply_method_return(call, "v", "s", "much");
    }
    return sd_bus_reply_method_return(call, "v", "t", script_.rate);
}

}  // namespace penstock::test
