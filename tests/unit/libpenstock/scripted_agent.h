// SPDX-License-Identifier: Apache-2.0
//
// Scripted agent: owns the agent's name on a bus and answers calls about leases as a test says, so
// that a client meets what a real agent says seldom or never.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/libpenstock/agent_bus.h"
#include "tests/unit/libpenstock/event_thread.h"

namespace penstock::test {

class ScriptedAgent {
  public:
    explicit ScriptedAgent(const std::string& address);
    ~ScriptedAgent();
    ScriptedAgent(const ScriptedAgent&) = delete;
    ScriptedAgent& operator=(const ScriptedAgent&) = delete;
    ScriptedAgent(ScriptedAgent&&) = delete;
    ScriptedAgent& operator=(ScriptedAgent&&) = delete;

    enum class Answers : std::uint8_t { lease, error, number, nothing };

    struct Script {
        Answers answers = Answers::lease;  // To AcquireLease.
        std::string error = "org.penstock1.Error.LeaseDenied";
        std::string sentence = "no";
        std::uint64_t granted = 1;    // By the answer to AcquireLease.
        std::uint64_t rate = 1;       // By the lease's property.
        std::string rate_error{};     // Not empty: instead of the rate.
        bool rate_is_a_text = false;  // Which no agent says.
    };

    void play(const Script& script) {
        thread_.call([&](sd_event*) { script_ = script; });
    }

    // Calls about leases as they arrived: "1 AcquireLease dram / 5 {min=1}" on the first connection
    // that called, "1 Get", "1 Release".
    std::vector<std::string> told() {
        std::vector<std::string> told;
        thread_.call([&](sd_event*) { told = told_; });
        return told;
    }

    // The writing ends of the leases' pipes that are open somewhere else than here.
    [[nodiscard]] int held();

  private:
    static int on_call(sd_bus_message* call, void* userdata, sd_bus_error* error);
    int answer_wish(sd_bus_message* call);
    int answer_rate(sd_bus_message* call) const;
    int give_lease(sd_bus_message* call);
    std::string caller(sd_bus_message* call);

    EventThread thread_{};
    client::BusHandle bus_{};
    Script script_{};
    std::vector<std::string> told_{};
    std::map<std::string, int> callers_{};  // By their names on the bus.
    std::vector<Fd> readers_{};
};

}  // namespace penstock::test
