// SPDX-License-Identifier: Apache-2.0
//
// AuthorizationFilter: stands in front of every member, and lets a message pass once it is its
// sender's turn and he may do what it asks for.
//
// Where polkit has to be asked, the message waits outside the loop's way and is put back when the
// answer is there. Then everything is looked at again: consent is for one change of one incarnation
// of a process, and the world went on meanwhile.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/publish/change_request.h"
#include "agent/publish/polkit_check.h"
#include "agent/publish/request_quota.h"
#include "agent/publish/senders.h"
#include "agent/publish/turnstile.h"

namespace penstock::dbus {

class AuthorizationFilter {
  public:
    // Questions to polkit that wait for an answer at once.
    static constexpr std::size_t most_waiting = 128;
    static constexpr std::size_t most_waiting_per_user = 16;

    using Clock = TimePoint (*)();

    // The bus and the surface outlive it.
    static Result<std::unique_ptr<AuthorizationFilter>> install(sd_bus* bus,
                                                                Surface& surface,
                                                                Clock clock);

    ~AuthorizationFilter() = default;
    AuthorizationFilter(const AuthorizationFilter&) = delete;
    AuthorizationFilter& operator=(const AuthorizationFilter&) = delete;
    AuthorizationFilter(AuthorizationFilter&&) = delete;
    AuthorizationFilter& operator=(AuthorizationFilter&&) = delete;

    [[nodiscard]] Senders& senders() { return senders_; }

    // The actions about which polkit is being asked, the first one first.
    [[nodiscard]] std::vector<std::string> waiting_checks() const;

  private:
    struct Waiting {
        Message message;
        Sender sender;
        ChangeRequest request;
        std::unique_ptr<PolkitCheck> check{};
    };

    AuthorizationFilter(Surface& surface, Clock clock)
        : surface_(surface), clock_(clock), turnstile_(clock) {}

    static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* error);

    // What sd-bus wants to hear: 0 to go on with the message, 1 when it is dealt with.
    Answer<int> pass(sd_bus_message* message);
    Answer<int> pass_call(sd_bus_message* message, std::uint32_t uid);
    Answer<int> pass_with_consent(sd_bus_message* message, const Waiting& granted);
    Answer<int> ask_polkit(sd_bus_message* message,
                           const Sender& sender,
                           const ChangeRequest& request);
    [[nodiscard]] Answer<> room_for(const Sender& sender) const;
    void answered(std::uint64_t serial, Consent consent);
    void let_in(Waiting waiting);
    [[nodiscard]] Refusal refusal_of(const Waiting& waiting, Consent consent) const;

    Surface& surface_;
    Clock clock_;
    Senders senders_{};
    Turnstile turnstile_;
    RequestQuota changes_{RequestQuota::changes};
    std::uint64_t last_serial_ = 0;
    std::map<std::uint64_t, Waiting> waiting_{};
    // Consent was given, and the message is on its way through the queue again. Each is held, so
    // that no other message has its address.
    std::map<const sd_bus_message*, Waiting> granted_{};
    Slot slot_{};
};

}  // namespace penstock::dbus
