// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/agent_requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/publish/announcer.h"
#include "agent/publish/authorize.h"
#include "base/text.h"
#include "policies/catalogue.h"

namespace penstock::dbus {
namespace {

Answer<> may_change_agent(const ManagerObject& manager, const Caller& caller) {
    return authorize(caller.credentials(), manager.surface.agent_uid, {.change = Change::agent});
}

Answer<> policy_exists(const std::string& name) {
    if (std::ranges::find(catalogue(), name, &CatalogueEntry::name) != catalogue().end()) {
        return {};
    }
    std::string names;
    for (const CatalogueEntry& entry : catalogue()) {
        names += names.empty() ? "" : ", ";
        names += entry.name;
    }
    return refuse(
        error::no_such_policy,
        fmt::format("there is no policy \"{}\": the policies are {}", printable(name), names));
}

}  // namespace

Answer<> set_policy(ManagerObject& manager, const Caller& caller, const std::string& name) {
    Answer<> allowed = may_change_agent(manager, caller);
    allowed = allowed ? policy_exists(name) : allowed;
    if (!allowed) {
        return allowed;
    }
    if (const Result<> done = manager.surface.requests.set_policy(name); !done) {
        return refuse(done.error());
    }
    manager.policy = name;
    Announcer(caller.bus()).changed(manager);
    return {};
}

Answer<> enable_preemption(ManagerObject& manager, const Caller& caller, bool enabled) {
    if (Answer<> allowed = may_change_agent(manager, caller); !allowed) {
        return allowed;
    }
    if (const Result<> done = manager.surface.requests.enable_preemption(enabled); !done) {
        return refuse(done.error());
    }
    manager.preemption_enabled = enabled;
    Announcer(caller.bus()).changed(manager);
    return {};
}

Answer<std::uint32_t> resume_all(ManagerObject& manager, const Caller& caller) {
    if (Answer<> allowed = may_change_agent(manager, caller); !allowed) {
        return std::unexpected(allowed.error());
    }
    const Result<std::uint32_t> done = manager.surface.requests.resume_all();
    if (!done) {
        return refuse(done.error());
    }
    return *done;
}

}  // namespace penstock::dbus
