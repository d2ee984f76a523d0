// SPDX-License-Identifier: Apache-2.0
//
// Term entries: on what terms a process is to run, as the agent takes it in a message.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>

#include "base/units.h"
#include "client/ctl/term_words.h"

namespace penstock::ctl {

// Times on D-Bus are whole microseconds: what is finer is left out.
[[nodiscard]] std::uint64_t usec_of(Duration duration);

// Into an a{sv} that is open. Negative when the message takes no more.
int append_terms(sd_bus_message* message, const ProcessTerms& terms);

}  // namespace penstock::ctl
