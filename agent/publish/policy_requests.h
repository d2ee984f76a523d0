// SPDX-License-Identifier: Apache-2.0
//
// Policy requests: which policy decides and by which settings, and what it makes of a process.

#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// Names and sentences.
[[nodiscard]] std::vector<std::tuple<std::string, std::string>> available_policies(
    const ManagerObject& manager);

[[nodiscard]] PolicySettings policy_settings_of(const ManagerObject& manager);

// With the policy's own settings. Refused with NoSuchPolicy, and the names there are, when the
// catalogue has no such policy.
Answer<> set_policy_name(ManagerObject& manager, const Caller& caller, const std::string& name);

// What is not given is as the policy has it. Refused beyond that with InvalidArgs: a setting that
// there is not, that the policy does not take, or of a value out of range.
Answer<> set_policy(ManagerObject& manager,
                    const Caller& caller,
                    const std::string& name,
                    const PolicyChoice& choice);

// gpu_id, queue_ids, state, sentences
using ExplanationRow =
    std::tuple<std::uint32_t, std::vector<std::uint32_t>, std::string, std::vector<std::string>>;

// Refused with NoSuchQueue when the filter leaves nothing.
Answer<std::vector<ExplanationRow>> explain_process(ManagerObject& manager,
                                                    const Caller& caller,
                                                    std::uint32_t pid,
                                                    const QueueFilter& filter);

}  // namespace penstock::dbus
