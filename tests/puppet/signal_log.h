// SPDX-License-Identifier: Apache-2.0
//
// Signal log: what a puppet's signal handlers saw, in order, to be told on request.

#pragma once

#include <string>

namespace penstock::puppet {

enum class Restart : bool { no, yes };

// From now on `signal` is logged; interrupted calls go on or fail with EINTR, as asked.
void log_signal(int signal, Restart restart);

// SIG_IGN or SIG_DFL.
void set_disposition(int signal, void (*disposition)(int));

void block_signal(int signal, bool blocked);

// A word per signal, and forgets them: "10:-6:0" is SIGUSR1 by tgkill, and for SIGCHLD the number
// is followed by what happened to the child and its status. At most 256 are kept; "none" stands for
// none at all.
std::string take_signal_log();

}  // namespace penstock::puppet
