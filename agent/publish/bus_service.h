// SPDX-License-Identifier: Apache-2.0
//
// BusService: org.penstock1 on a bus. It shows the loop's snapshots and passes requests to it.
//
// It answers from its own copy of the last snapshot, never waits for the loop, and never blocks but
// for one question to the bus per connection that asks (whose it is).

#pragma once

#include <systemd/sd-event.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/loop/ports.h"
#include "agent/publish/announcer.h"
#include "agent/publish/authorization_filter.h"
#include "agent/publish/connection.h"
#include "agent/publish/history_streams.h"
#include "agent/publish/lease_desk.h"
#include "agent/publish/metric_streams.h"
#include "agent/publish/policy_faults.h"
#include "agent/publish/subscriptions.h"
#include "agent/publish/surface.h"
#include "agent/publish/trace_stream.h"
#include "policies/guard.h"

namespace penstock {

class BusService final : public Publisher {
  public:
    // `address` is "system", "session" or a D-Bus address. Fails when another agent owns the name.
    // When the connection ends later, the event loop is left with a failure: an agent that nobody
    // can ask to let go must not keep queues suspended.
    static Result<std::unique_ptr<BusService>> open(sd_event* event,
                                                    const std::string& address,
                                                    Requests& requests,
                                                    Guard::Limits limits = {});

    // On a connection that somebody else opened, without a name: open()'s second half.
    static Result<std::unique_ptr<BusService>> serve(dbus::Connection connection,
                                                     sd_event* event,
                                                     Requests& requests,
                                                     Guard::Limits limits = {});

    ~BusService() override = default;
    BusService(const BusService&) = delete;
    BusService& operator=(const BusService&) = delete;
    BusService(BusService&&) = delete;
    BusService& operator=(BusService&&) = delete;

    void publish(const Snapshot& seen, const Outcome& done) override;

    // Of the gate; traces have it.
    void acted(const wire::Acted& acted) { trace_.acted(acted); }

    // What the agent can do on this machine: "kfd-debug", "bpf-occupancy", "emulated". Before the
    // first client asks: the property is constant.
    void set_features(std::vector<std::string> features);

    // The policy that the loop follows now, and what was set of it; a client's own change is shown
    // without it.
    void following(std::string policy, const PolicySettings& settings = {});

    // Who besides root and the agent's own user may change anything.
    void trust(std::function<bool(std::uint32_t uid)> is_admin);

    // From now on.
    void limit(Guard::Limits limits) { surface_.limits = limits; }

    // Written at every publication from now on, and given to who asks.
    void show_board(dbus::BoardPage page);

    // What is published holds for so long, if nothing is published after it.
    void publishes_again_within(Duration longest) { board_holds_ = longest; }

    // Clients who hold back by the board wait for every round of the loop.
    [[nodiscard]] bool board_is_read() const { return surface_.board_readers.any(); }

    // Leases outlive the agent there; and how many there may be, and how much of a bandwidth one
    // user may have without consent.
    [[nodiscard]] dbus::LeaseDesk& leases() { return leases_; }

    void limit_leases(LeaseLedger::Limits limits, double user_share) {
        leases_.limit(limits);
        surface_.lease_user_share = user_share;
    }

    // What LogControl1 turns.
    void log_with(dbus::LogObject log) { surface_.log = std::move(log); }

    // Whole sentences, one per thing that is missing; none when all is well.
    void degraded(std::vector<std::string> reasons);

    // Who is held back on the processors, and how: lines for people.
    void show_cpu_limits(std::vector<std::string> lines) { surface_.cpu_limits = std::move(lines); }

    // Signals left out because too many came at once.
    [[nodiscard]] std::uint64_t dropped_signals() const { return announcer_.dropped(); }

  private:
    BusService(dbus::Connection connection,
               sd_event* event,
               Requests& requests,
               Guard::Limits limits);

    dbus::Connection connection_;
    dbus::Surface surface_;
    dbus::Announcer announcer_;
    dbus::PolicyFaults faults_;
    dbus::MetricStreams streams_;
    dbus::Subscriptions subscriptions_;
    dbus::HistoryStreams histories_;
    dbus::LeaseDesk leases_;
    dbus::TraceStream trace_;
    std::unique_ptr<dbus::AuthorizationFilter> filter_{};
    std::vector<dbus::Slot> slots_{};
    Duration board_holds_{std::chrono::milliseconds(100)};
    std::vector<std::string> reasons_{};  // Without the actuator's failure.
};

}  // namespace penstock
