// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/authorization_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "agent/publish/vtable.h"

namespace penstock::dbus {

Result<std::unique_ptr<AuthorizationFilter>> AuthorizationFilter::install(sd_bus* bus,
                                                                          Surface& surface,
                                                                          Clock clock) {
    // The constructor is private, which make_unique can not reach.
    std::unique_ptr<AuthorizationFilter> filter(new AuthorizationFilter(surface, clock));
    sd_bus_slot* slot = nullptr;
    const int result =
        sd_bus_add_filter(bus, &slot, &AuthorizationFilter::on_message, filter.get());
    if (result < 0) {
        return fail(-result, "look at what comes from the bus");
    }
    filter->slot_.reset(slot);
    return filter;
}

int AuthorizationFilter::on_message(sd_bus_message* message, void* userdata, sd_bus_error* error) {
    const Answer<int> passed = static_cast<AuthorizationFilter*>(userdata)->pass(message);
    return passed ? *passed : report(passed.error(), error);
}

Answer<int> AuthorizationFilter::pass(sd_bus_message* message) {
    surface_.sender_uid.reset();
    if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0) {
        return 0;
    }
    if (const auto granted = granted_.extract(message)) {
        return pass_with_consent(message, granted.mapped());
    }
    const Answer<std::uint32_t> uid = senders_.uid_of(message);
    if (!uid) {
        return std::unexpected(uid.error());
    }
    if (!surface_.is_own(*uid) && !turnstile_.had_its_turn(message)) {
        const Answer<bool> in_turn = turnstile_.pass(message, *uid);
        if (!in_turn) {
            return std::unexpected(in_turn.error());
        }
        if (!*in_turn) {
            return 1;
        }
    }
    return pass_call(message, *uid);
}

Answer<int> AuthorizationFilter::pass_call(sd_bus_message* message, std::uint32_t uid) {
    const Answer<ChangeRequest> request = read_request(message, surface_, uid);
    if (!request) {
        return std::unexpected(request.error());
    }
    if (request->wish.access == Access::everybody) {
        surface_.sender_uid = uid;
        return 0;
    }
    if (!surface_.is_own(uid) && !changes_.take(uid, clock_())) {
        return refuse(error::limits_exceeded,
                      fmt::format("uid {} asks for more than {} changes a second",
                                  uid,
                                  RequestQuota::changes.per_second));
    }
    // Whether somebody is an administrator may cost a look into a database.
    Sender sender{.uid = uid, .trusted = surface_.is_own(uid)};
    sender.trusted = sender.trusted || (!may(sender, request->wish) && surface_.is_admin(uid));
    if (!may(sender, request->wish)) {
        return ask_polkit(message, sender, *request);
    }
    surface_.sender_uid = sender.uid;
    return 0;
}

Answer<int> AuthorizationFilter::pass_with_consent(sd_bus_message* message,
                                                   const Waiting& granted) {
    const Answer<ChangeRequest> now = read_request(message, surface_, granted.sender.uid);
    if (!now) {
        return std::unexpected(now.error());
    }
    const std::optional<Target>& target = granted.request.target;
    if (target && now->target != target) {
        return refuse(error::process_gone,
                      fmt::format("process {} ended while polkit was asked", target->pid));
    }
    surface_.sender_uid = granted.sender.uid;
    return 0;
}

Answer<> AuthorizationFilter::room_for(const Sender& sender) const {
    const auto own = std::ranges::count_if(
        waiting_, [&](const auto& each) { return each.second.sender.uid == sender.uid; });
    if (waiting_.size() >= most_waiting || static_cast<std::size_t>(own) >= most_waiting_per_user) {
        return refuse(
            error::limits_exceeded,
            fmt::format("too many requests wait for polkit: at most {}, and {} of one user",
                        most_waiting,
                        most_waiting_per_user));
    }
    return {};
}

std::vector<std::string> AuthorizationFilter::waiting_checks() const {
    std::vector<std::string> actions;
    for (const Waiting& waiting : std::views::values(waiting_)) {
        actions.emplace_back(action_for(waiting.request.wish.access));
    }
    return actions;
}

Answer<int> AuthorizationFilter::ask_polkit(sd_bus_message* message,
                                            const Sender& sender,
                                            const ChangeRequest& request) {
    if (Answer<> room = room_for(sender); !room) {
        return std::unexpected(std::move(room).error());
    }
    const std::uint64_t serial = ++last_serial_;
    auto check = PolkitCheck::start(message,
                                    action_for(request.wish.access),
                                    [this, serial](Consent consent) { answered(serial, consent); });
    if (check == nullptr) {
        return refuse(sender, surface_.agent_uid, request.wish);
    }
    waiting_.emplace(serial,
                     Waiting{.message = Message(sd_bus_message_ref(message)),
                             .sender = sender,
                             .request = request,
                             .check = std::move(check)});
    return 1;
}

void AuthorizationFilter::answered(std::uint64_t serial, Consent consent) {
    auto node = waiting_.extract(serial);
    if (!node || consent == Consent::gone) {
        return;
    }
    Waiting waiting = std::move(node.mapped());
    if (consent == Consent::given) {
        let_in(std::move(waiting));
        return;
    }
    const Refusal refusal = refusal_of(waiting, consent);
    sd_bus_reply_method_errorf(waiting.message.get(), refusal.name, "%s", refusal.sentence.c_str());
}

// Back into the queue of what was received, to be looked at again.
void AuthorizationFilter::let_in(Waiting waiting) {
    sd_bus_message* message = waiting.message.get();
    sd_bus_message_rewind(message, 1);
    const int result = sd_bus_enqueue_for_read(sd_bus_message_get_bus(message), message);
    if (result < 0) {
        sd_bus_reply_method_errno(message, result, nullptr);
        return;
    }
    granted_.insert_or_assign(message, std::move(waiting));
}

Refusal AuthorizationFilter::refusal_of(const Waiting& waiting, Consent consent) const {
    if (consent == Consent::challenge) {
        return {.name = error::interactive_authorization_required,
                .sentence =
                    "polkit wants somebody to authenticate for this; busctl does so with "
                    "--allow-interactive-authorization=yes"};
    }
    Refusal refusal = refuse(waiting.sender, surface_.agent_uid, waiting.request.wish).error();
    if (consent == Consent::absent) {
        refusal.sentence += " (there is no polkit on this bus)";
    } else if (consent == Consent::late) {
        refusal.sentence += " (polkit did not answer)";
    }
    return refusal;
}

}  // namespace penstock::dbus
