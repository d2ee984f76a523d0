// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/policy_requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/publish/announcer.h"
#include "agent/publish/figures.h"
#include "agent/publish/process_requests.h"
#include "policies/catalogue.h"

namespace penstock::dbus {
namespace {

// The queue that was asked for, alone; nothing where the row is of others.
std::optional<Explanation> narrowed(Explanation row, const QueueFilter& filter) {
    if (filter.gpu && row.gpu.value != *filter.gpu) {
        return std::nullopt;
    }
    if (!filter.queue) {
        return row;
    }
    if (std::ranges::find(row.queues, *filter.queue) == row.queues.end()) {
        return std::nullopt;
    }
    row.queues = {*filter.queue};
    return row;
}

// In the words of ListQueues.
ExplanationRow row_of(Explanation row) {
    const ProcessState state = row.suspended ? ProcessState::preempted : ProcessState::running;
    return {row.gpu.value, std::move(row.queues), text_of(state), std::move(row.sentences)};
}

}  // namespace

std::vector<std::tuple<std::string, std::string>> available_policies(
    const ManagerObject& /*manager*/) {
    std::vector<std::tuple<std::string, std::string>> rows;
    for (const CatalogueEntry& entry : catalogue()) {
        rows.emplace_back(entry.name, entry.sentence);
    }
    return rows;
}

PolicySettings policy_settings_of(const ManagerObject& manager) {
    return manager.policy_settings;
}

Answer<> set_policy_name(ManagerObject& manager, const Caller& caller, const std::string& name) {
    return set_policy(manager, caller, name, {});
}

Answer<> set_policy(ManagerObject& manager,
                    const Caller& caller,
                    const std::string& name,
                    const PolicyChoice& choice) {
    const Result<const CatalogueEntry*> policy = find_policy(name);
    if (!policy) {
        return refuse(error::no_such_policy, policy.error().message());
    }
    if (!choice.trouble.empty()) {
        return refuse(error::invalid_args, choice.trouble);
    }
    const Result<> taken = check_settings(**policy, choice.settings, &PolicySetting::bus_name);
    if (!taken) {
        return refuse(error::invalid_args, taken.error().message());
    }
    if (const Result<> done = manager.surface.requests.set_policy(name, choice.settings); !done) {
        return refuse(done.error());
    }
    manager.policy = name;
    manager.policy_settings = effective(**policy, choice.settings);
    Announcer(caller.bus()).changed(manager);
    return {};
}

Answer<std::vector<ExplanationRow>> explain_process(ManagerObject& manager,
                                                    const Caller& /*caller*/,
                                                    std::uint32_t pid,
                                                    const QueueFilter& filter) {
    const Answer<ProcessObject*> found = find_process(manager.surface, pid);
    if (!found) {
        return std::unexpected(found.error());
    }
    Result<std::vector<Explanation>> explained =
        manager.surface.requests.explain((*found)->owner.id);
    if (!explained) {
        return refuse(explained.error());
    }
    // The surface shows the last snapshot, the loop may know more by now.
    if (explained->empty()) {
        return refuse(error::process_gone, fmt::format("process {} has just ended", pid));
    }
    std::vector<ExplanationRow> rows;
    for (Explanation& each : *explained) {
        if (std::optional<Explanation> row = narrowed(std::move(each), filter)) {
            rows.push_back(row_of(std::move(*row)));
        }
    }
    if (rows.empty()) {
        return refuse(
            error::no_such_queue,
            fmt::format("process {} has no such queue: ListQueues shows those it has", pid));
    }
    return rows;
}

}  // namespace penstock::dbus
