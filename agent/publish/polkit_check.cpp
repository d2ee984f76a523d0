// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/polkit_check.h"

#include <fmt/format.h>

#include <utility>

namespace penstock::dbus {
namespace {

constexpr const char* authority_name = "org.freedesktop.PolicyKit1";
constexpr const char* authority_path = "/org/freedesktop/PolicyKit1/Authority";
constexpr const char* authority_interface = "org.freedesktop.PolicyKit1.Authority";

// As long as a bus waits for an answer by custom: a person types a password in it.
constexpr std::uint64_t patience_usec = 25'000'000;

std::string next_ticket() {
    static std::uint64_t last = 0;
    return fmt::format("penstock-{}", ++last);
}

int append_question(sd_bus_message* question,
                    sd_bus_message* about,
                    const char* action,
                    const std::string& ticket) {
    const std::uint32_t flags =
        sd_bus_message_get_allow_interactive_authorization(about) > 0 ? 1 : 0;
    return sd_bus_message_append(question,
                                 "(sa{sv})sa{ss}us",
                                 "system-bus-name",
                                 1,
                                 "name",
                                 "s",
                                 sd_bus_message_get_sender(about),
                                 action,
                                 0,
                                 flags,
                                 ticket.c_str());
}

Consent consent_in(sd_bus_message* reply) {
    if (sd_bus_message_is_method_error(reply, "org.freedesktop.DBus.Error.ServiceUnknown") > 0 ||
        sd_bus_message_is_method_error(reply, "org.freedesktop.DBus.Error.NameHasNoOwner") > 0) {
        return Consent::absent;
    }
    if (sd_bus_message_is_method_error(reply, "org.freedesktop.DBus.Error.NoReply") > 0 ||
        sd_bus_message_is_method_error(reply, "org.freedesktop.DBus.Error.Timeout") > 0) {
        return Consent::late;
    }
    int authorized = 0;
    int challenge = 0;
    if (sd_bus_message_is_method_error(reply, nullptr) > 0 ||
        sd_bus_message_enter_container(reply, 'r', "bba{ss}") <= 0 ||
        sd_bus_message_read(reply, "bb", &authorized, &challenge) <= 0) {
        return Consent::refused;  // Whatever is not a clear yes is a no.
    }
    if (authorized != 0) {
        return Consent::given;
    }
    return challenge != 0 ? Consent::challenge : Consent::refused;
}

}  // namespace

PolkitCheck::PolkitCheck(sd_bus* bus, Answered answered)
    : bus_(bus), answered_(std::move(answered)), ticket_(next_ticket()) {}

PolkitCheck::~PolkitCheck() {
    if (call_) {
        // Nobody needs to know what comes of it.
        sd_bus_call_method_async(bus_,
                                 nullptr,
                                 authority_name,
                                 authority_path,
                                 authority_interface,
                                 "CancelCheckAuthorization",
                                 nullptr,
                                 nullptr,
                                 "s",
                                 ticket_.c_str());
    }
}

std::unique_ptr<PolkitCheck> PolkitCheck::start(sd_bus_message* message,
                                                const char* action,
                                                Answered answered) {
    if (sd_bus_message_get_sender(message) == nullptr) {
        return nullptr;
    }
    // The constructor is private, which make_unique can not reach.
    std::unique_ptr<PolkitCheck> check(
        new PolkitCheck(sd_bus_message_get_bus(message), std::move(answered)));
    if (check->follow(message) < 0 || check->ask(message, action) < 0) {
        return nullptr;
    }
    return check;
}

int PolkitCheck::ask(sd_bus_message* message, const char* action) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(
        bus_, &raw, authority_name, authority_path, authority_interface, "CheckAuthorization");
    const Message question(raw);
    result = result < 0 ? result : append_question(raw, message, action, ticket_);
    sd_bus_slot* slot = nullptr;
    result = result < 0
                 ? result
                 : sd_bus_call_async(bus_, &slot, raw, &PolkitCheck::on_reply, this, patience_usec);
    call_.reset(slot);
    return result;
}

int PolkitCheck::follow(sd_bus_message* message) {
    sd_bus_track* track = nullptr;
    int result = sd_bus_track_new(bus_, &track, &PolkitCheck::on_sender_gone, this);
    sender_.reset(track);
    result = result < 0 ? result : sd_bus_track_add_sender(track, message);
    return result;
}

// `answered` may destroy this check.
void PolkitCheck::finish(Consent consent) {
    if (const Answered answered = std::exchange(answered_, nullptr)) {
        answered(consent);
    }
}

int PolkitCheck::on_reply(sd_bus_message* reply, void* userdata, sd_bus_error* /*error*/) {
    auto* self = static_cast<PolkitCheck*>(userdata);
    self->call_.reset();  // There is nothing left to cancel.
    self->finish(consent_in(reply));
    return 1;
}

int PolkitCheck::on_sender_gone(sd_bus_track* /*track*/, void* userdata) {
    static_cast<PolkitCheck*>(userdata)->finish(Consent::gone);
    return 1;
}

}  // namespace penstock::dbus
