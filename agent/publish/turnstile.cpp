// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/turnstile.h"

#include <fmt/format.h>
#include <systemd/sd-event.h>

#include <cstring>
#include <string_view>

namespace penstock::dbus {
namespace {

constexpr std::uint64_t round_usec = 5000;  // Between looks at what waits.
constexpr std::size_t longest_kept = 1024;  // Bytes of all strings of a request.

Refusal too_fast(std::uint32_t per_second) {
    return {.name = error::limits_exceeded,
            .sentence = fmt::format("you ask for more than {} things a second", per_second)};
}

// A few plain numbers and strings, and no descriptor: nothing whose size a sender chooses.
bool is_small(sd_bus_message* request) {
    const char* signature = sd_bus_message_get_signature(request, 1);
    if (signature == nullptr || std::strlen(signature) > 4) {
        return false;
    }
    std::size_t bytes = 0;
    bool sound = true;
    for (const char type : std::string_view(signature)) {
        if (std::string_view("sog").find(type) != std::string_view::npos) {
            const char* text = nullptr;
            sound =
                sound && sd_bus_message_read_basic(request, type, static_cast<void*>(&text)) > 0;
            bytes += sound ? std::strlen(text) : 0;
        } else if (std::string_view("ybnqiuxtd").find(type) != std::string_view::npos) {
            std::uint64_t number = 0;
            sound = sound && sd_bus_message_read_basic(request, type, &number) > 0;
        } else {
            sound = false;
        }
    }
    return sd_bus_message_rewind(request, 1) >= 0 && sound && bytes <= longest_kept;
}

}  // namespace

Answer<bool> Turnstile::pass(sd_bus_message* request, std::uint32_t uid) {
    if (queue_.may_pass(uid, clock_())) {
        return true;
    }
    if (!queue_.has_room(uid) || arm(sd_bus_message_get_bus(request)) < 0) {
        return std::unexpected(too_fast(RequestQuota::requests.per_second));
    }
    Result<Held> held = keep(request);
    if (!held) {
        return std::unexpected(too_fast(RequestQuota::requests.per_second));
    }
    queue_.hold(uid, *std::move(held));
    return false;
}

Result<Turnstile::Held> Turnstile::keep(sd_bus_message* request) {
    if (is_small(request)) {
        return Held{.message = Message(sd_bus_message_ref(request))};
    }
    const Refusal refusal = too_fast(RequestQuota::requests.per_second);
    sd_bus_message* answer = nullptr;
    const int result = sd_bus_message_new_method_errorf(
        request, &answer, refusal.name, "%s", refusal.sentence.c_str());
    if (result < 0) {
        return fail(-result, "answer a request");
    }
    return Held{.message = Message(answer), .is_answer = true};
}

int Turnstile::on_time(sd_event_source* source, std::uint64_t /*when*/, void* userdata) {
    Turnstile& self = *static_cast<Turnstile*>(userdata);
    for (Held& held : self.queue_.take_due(self.clock_())) {
        self.let_in(std::move(held));
    }
    if (!self.queue_.empty()) {
        sd_event_source_set_time_relative(source, round_usec);
        sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    }
    return 0;
}

int Turnstile::arm(sd_bus* bus) {
    if (!queue_.empty()) {
        return 0;  // It runs as long as anything waits.
    }
    if (timer_) {
        sd_event_source_set_time_relative(timer_.get(), round_usec);
        return sd_event_source_set_enabled(timer_.get(), SD_EVENT_ONESHOT);
    }
    sd_event_source* raw = nullptr;
    sd_event* event = sd_bus_get_event(bus);
    const int result = event == nullptr ? -ENODEV
                                        : sd_event_add_time_relative(event,
                                                                     &raw,
                                                                     CLOCK_MONOTONIC,
                                                                     round_usec,
                                                                     round_usec / 5,
                                                                     &Turnstile::on_time,
                                                                     this);
    timer_.reset(raw);
    return result;
}

void Turnstile::let_in(Held held) {
    sd_bus_message* message = held.message.get();
    sd_bus* bus = sd_bus_message_get_bus(message);
    if (held.is_answer) {
        sd_bus_send(bus, message, nullptr);  // Whoever has left gets none.
        return;
    }
    if (sd_bus_enqueue_for_read(bus, message) >= 0) {
        returned_.insert_or_assign(message, std::move(held.message));
    }
}

}  // namespace penstock::dbus
