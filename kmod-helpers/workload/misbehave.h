// SPDX-License-Identifier: Apache-2.0
//
// Misbehave: clients that lie, vanish and send nonsense. Tests use them to show that nobody else is
// harmed.

#pragma once

#include "base/result.h"
#include "base/stop_signal.h"
#include "kmod-helpers/workload/options.h"
#include "kmod-helpers/workload/session.h"

namespace penstock::workload {

// Carries on until the stop signal or `end`, but for die_in_ioctl, which does not return.
Result<> misbehave(Misbehaviour how, Session& session, StopSignal& stop, TimePoint end);

}  // namespace penstock::workload
