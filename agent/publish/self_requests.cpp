// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/self_requests.h"

#include <fmt/format.h>

#include <cerrno>

#include "agent/publish/process_terms.h"

namespace penstock::dbus {
namespace {

std::unexpected<Refusal> refuse_self(const Error& failure) {
    switch (failure.code) {
        case ESRCH:
            return refuse(error::no_such_process, failure.message());
        case EDQUOT:
            return refuse(error::limits_exceeded, failure.doing);
        case 0:
            return refuse(error::invalid_args, failure.message());
        default:
            return refuse(failure);
    }
}

// Each new page is the agent's memory for as long as the client keeps its descriptor, also when the
// process has ended.
Answer<> take_share(Surface& surface) {
    const Answer<std::uint32_t> uid = surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    if (surface.is_own(*uid) || surface.registrations.take(*uid, surface.now)) {
        return {};
    }
    return refuse(
        error::limits_exceeded,
        fmt::format("uid {} registers processes too often: one in {} s is taken, and {} at once",
                    *uid,
                    std::chrono::duration_cast<std::chrono::seconds>(registrations_apart).count(),
                    registrations_at_once));
}

bool sets_nothing(const ProcessChanges& terms) {
    return !terms.priority && !terms.weight && !terms.service_class && !terms.deadline &&
           !terms.cost;
}

}  // namespace

Answer<ProcessObject*> find_process_behind(const Surface& surface, Descriptor pidfd) {
    const Result<OwnerId> owner = surface.requests.owner_behind(pidfd.number);
    if (!owner && owner.error().code != ESRCH) {
        return refuse(error::invalid_args, owner.error().message());
    }
    for (const auto& [pid, process] : surface.processes) {
        if (owner && process->owner.id == *owner) {
            return process.get();
        }
    }
    return nullptr;
}

Answer<RegisteredSelf> register_self(ManagerObject& manager,
                                     const Caller& caller,
                                     Descriptor pidfd,
                                     const ProcessChanges& terms) {
    Surface& surface = manager.surface;
    const Answer<ProcessObject*> process = find_process_behind(surface, pidfd);
    if (!process) {
        return std::unexpected(process.error());
    }
    if (*process == nullptr && !sets_nothing(terms)) {
        return refuse(error::not_managed,
                      "the process has no compute queue yet, and its terms can be set from its "
                      "first one on");
    }
    if (const Answer<> share = take_share(surface); !share) {
        return std::unexpected(share.error());
    }
    Result<SelfRegistration> done = surface.requests.register_self(pidfd.number);
    if (!done) {
        return refuse_self(done.error());
    }
    if (!sets_nothing(terms)) {
        if (const Answer<> set = set_terms(**process, caller, terms); !set) {
            return std::unexpected(set.error());
        }
    }
    return RegisteredSelf(numbered_path(process_prefix, done->pid), std::move(done->page));
}

}  // namespace penstock::dbus
