// SPDX-License-Identifier: Apache-2.0
//
// Pidfd: a process as a descriptor, which never comes to mean another one.

#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/fd.h"

namespace penstock {

// Readable once the process has ended.
Result<Fd> open_pidfd(pid_t pid);

// A duplicate of the process' own descriptor; needs the right to trace it.
Result<Fd> duplicate_from(const Fd& pidfd, int number);

// Whose descriptor it is. Refused is one that is no pidfd, one of a process that has ended, and one
// of a process that our pid namespace can not name.
Result<std::uint32_t> pid_behind(int pidfd);

// Whether the process still runs (a zombie does not).
[[nodiscard]] bool is_alive(int pidfd);

[[nodiscard]] inline bool is_alive(const Fd& pidfd) {
    return is_alive(pidfd.get());
}

}  // namespace penstock
