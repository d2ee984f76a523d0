// SPDX-License-Identifier: Apache-2.0
//
// Blocked call: one thread waits in the kernel, in a call of a chosen kind, until the test lets it.

#pragma once

#include <functional>
#include <string>

#include "tests/puppet/control.h"

namespace penstock::puppet {

// Meanwhile a second thread, with all signals blocked, obeys the control: "wake" ends the call, and
// every other command is given to `obey`. Answers what the call came back with: "done", "EINTR", or
// "done early" for a sleep that was cut short.
std::string run_blocked(const std::string& kind,
                        const Control& control,
                        const std::function<void(Command)>& obey);

}  // namespace penstock::puppet
