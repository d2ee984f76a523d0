// SPDX-License-Identifier: Apache-2.0
//
// Families: what a puppet does as a parent, as a member of a job, and as another's tracer.

#pragma once

#include <sys/types.h>

#include <string>

namespace penstock::puppet {

// "ok", or "error" and what errno means.
std::string outcome(long returned);

// Waits for the child's next change, as a shell does: "exited 3", "killed 15", "dumped 6",
// "stopped 19" or "continued 18". Signals do not interrupt it.
std::string wait_for_change(pid_t child);

// Becomes a session leader with the terminal at `path` as its own.
std::string take_terminal(const std::string& path);

// Reads from the terminal; a background process is stopped for it.
std::string read_terminal(const std::string& path);

// The process group in the foreground of the terminal.
std::string set_foreground(const std::string& path, pid_t group);

// Attaches to a process without stopping it, or lets it go.
std::string trace(pid_t target);
std::string let_go(pid_t target);

}  // namespace penstock::puppet
