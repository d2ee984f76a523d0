// SPDX-License-Identifier: Apache-2.0
//
// Task requests: whoever starts jobs says which processes belong to them, and on what terms those
// run.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// An a{sv} about a task.
struct TaskProperties {
    ProcessChanges terms{};
    std::optional<std::string> job{};
    std::optional<std::string> job_user{};
};

template <>
struct Codec<TaskProperties> {
    static constexpr auto signature = fixed("a{sv}");

    static int read(sd_bus_message* message, TaskProperties& value);
};

// The path of the process, which need not have an object yet. Refused: InvalidArgs, NoSuchProcess
// for one that has ended, and LimitsExceeded.
Answer<ObjectPath> register_task(ManagerObject& manager,
                                 const Caller& caller,
                                 Descriptor pidfd,
                                 const TaskProperties& properties);

// Refused besides: ProcessGone when the process is not this user's alone.
Answer<ObjectPath> register_task_by_pid(ManagerObject& manager,
                                        const Caller& caller,
                                        std::uint32_t pid,
                                        std::uint32_t uid,
                                        const TaskProperties& properties);

}  // namespace penstock::dbus
