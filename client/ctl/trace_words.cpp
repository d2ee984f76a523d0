// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/trace_words.h"

#include <chrono>

namespace penstock::ctl {

void TraceWords::add_to(CLI::App& app) {
    CLI::App* verb = app.add_subcommand(
        "trace", "Write who is preempted when, and what is moved, for a viewer of traces");
    verb->add_option("FILE", file_, "A new file, or - for standard output")->required();
    verb->add_option("--seconds", seconds_, "For so long; until interrupted without it")
        ->check(CLI::PositiveNumber);
}

Outcome<Verb> TraceWords::verb() const {
    Trace trace{.file = file_};
    if (seconds_ != 0) {
        trace.length = std::chrono::seconds(seconds_);
    }
    return trace;
}

}  // namespace penstock::ctl
