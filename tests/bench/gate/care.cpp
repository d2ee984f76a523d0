// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/gate/care.h"

#include "agent/gate/debug_rung.h"
#include "base/clock.h"
#include "base/pidfd.h"

namespace penstock::bench {

Care::Care(const kfd::KfdDevice& device)
    : debug_(device),
      ports_{.debug = &debug_,
             .ladder = &ladder_,
             .tracer = seizure_,
             .processes = processes_,
             .outbox = silence_,
             .wakeups = silence_,
             .clock = monotonic_now} {
    ladder_.add(PreemptionLevel::debug_suspend, &gate::DebugRung::make);
}

Result<std::unique_ptr<Care>> Care::take(const kfd::KfdDevice& device, pid_t pid) {
    Result<Fd> pidfd = open_pidfd(pid);
    if (!pidfd) {
        return std::unexpected(std::move(pidfd).error());
    }
    std::unique_ptr<Care> care(new Care(device));
    care->session_ = std::make_unique<gate::Session>(
        care->ports_, OwnerId{1}, static_cast<std::uint32_t>(pid), std::move(*pidfd));
    care->session_->climb();
    if (care->session_->level() != PreemptionLevel::debug_suspend) {
        return fail(care->session_->reason());
    }
    return care;
}

}  // namespace penstock::bench
