// SPDX-License-Identifier: Apache-2.0
//
// Pidfd: a process as a descriptor, which never comes to mean another one.

#pragma once

#include <sys/types.h>

#include "base/fd.h"

namespace penstock {

// Readable once the process has ended.
Result<Fd> open_pidfd(pid_t pid);

// A duplicate of the process' own descriptor; needs the right to trace it.
Result<Fd> duplicate_from(const Fd& pidfd, int number);

// Whether the process still runs (a zombie does not).
[[nodiscard]] bool is_alive(const Fd& pidfd);

}  // namespace penstock
