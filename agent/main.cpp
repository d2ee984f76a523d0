// SPDX-License-Identifier: Apache-2.0
//
// penstockd: the agent.

#include <sys/resource.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "agent/agent.h"
#include "agent/cpu_enforcement.h"
#include "agent/native_journal.h"
#include "agent/self_test.h"
#include "base/journal.h"
#include "base/short_slices.h"

namespace penstock {
namespace {

constexpr int usage_error = 2;

// The shortest that the kernel gives: a tick is to begin in time, and then let others go on.
constexpr Duration slice = std::chrono::microseconds(100);

Result<> serve(const Options& options, DescriptorStore store) {
    Result<EventLoop> events = EventLoop::open();
    if (!events) {
        return std::unexpected(std::move(events).error());
    }
    if (Result<> watched = events->leave_on_signals(); !watched) {
        return watched;
    }
    Result<std::unique_ptr<Agent>> agent = Agent::start(options, *events, std::move(store));
    if (!agent) {
        return std::unexpected(std::move(agent).error());
    }
    tell_ready("Serving " + options.bus);
    Result<> served = events->run();
    tell_stopping();
    return served;
}

// For the service manager, when an agent has ended, however it has.
bool undo_limits(const Options& options) {
    const std::vector<std::string> failures = undo_cpu_limits(cpu_places(options));
    for (const std::string& failure : failures) {
        journal(Severity::error, "a limit of processor time stays: " + failure);
    }
    return failures.empty();
}

int main(int count, char** arguments) {
    DescriptorStore store = DescriptorStore::from_manager();
    Options options;
    const Result<Parsed> parsed = parse_options(count, arguments, options);
    if (!parsed) {
        journal(Severity::error, parsed.error().message());
        return usage_error;
    }
    if (*parsed == Parsed::answered) {
        return EXIT_SUCCESS;
    }
    if (options.self_test) {
        return self_test(options) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (options.undo) {
        return undo_limits(options) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    set_log_target(journald_listens() ? "journal" : "console");
    if (options.debug_log) {
        set_journal_threshold(Severity::debug);
    }
    // A core dump would hold the gate's socket open, and with it every suspension, for seconds.
    const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ask_for_slices_of(slice);
    if (const Result<> served = serve(options, std::move(store)); !served) {
        journal(Severity::error, served.error().message());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

}  // namespace
}  // namespace penstock

int main(int count, char** arguments) {
    return penstock::main(count, arguments);
}
