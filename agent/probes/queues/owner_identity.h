// SPDX-License-Identifier: Apache-2.0
//
// Owner identity: who a process number is, settled once, so that what is said about an owner can
// never come to be about the next process with its number.

#pragma once

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "base/tree.h"
#include "base/units.h"

namespace penstock {

struct OwnerIdentity {
    Fd pidfd{};
    std::uint32_t pid = 0;
    std::uint32_t uid = 0;          // The real one: who started it.
    std::string command{};          // printable() has been applied.
    TimePoint started{};            // To within 10 ms, the resolution of /proc.
    std::uint64_t start_ticks = 0;  // The same as /proc has it: it tells incarnations apart.
};

// Fails with ESRCH when the process has ended, also while it was being read.
Result<OwnerIdentity> identify_owner(const Tree& proc, std::uint32_t pid, TimePoint now);

// The parts that are text, apart from the process itself.
Result<std::uint32_t> real_uid(const std::string& status);

// `stat` is /proc/PID/stat, `uptime` /proc/uptime as it was at `now`.
Result<TimePoint> start_time(const std::string& stat, const std::string& uptime, TimePoint now);

}  // namespace penstock
