// SPDX-License-Identifier: Apache-2.0
//
// Self requests: a process registers itself, and gets a page to say how it gets on.

#pragma once

#include <utility>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// The object of the process behind a client's descriptor; null while it has no queue. Refused with
// InvalidArgs: what is not the descriptor of a running process.
Answer<ProcessObject*> find_process_behind(const Surface& surface, Descriptor pidfd);

// The path where the process' object is, or will be, and its hint page. Refused besides:
// NoSuchProcess, NotManaged where terms are given before there is a queue, LimitsExceeded.
using RegisteredSelf = std::pair<ObjectPath, Fd>;
Answer<RegisteredSelf> register_self(ManagerObject& manager,
                                     const Caller& caller,
                                     Descriptor pidfd,
                                     const ProcessChanges& terms);

}  // namespace penstock::dbus
