// SPDX-License-Identifier: Apache-2.0

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>

#include "base/journal.h"
#include "kmod-helpers/emulator/options.h"
#include "kmod-helpers/emulator/server/server.h"

namespace {

using namespace penstock;
using namespace penstock::emulator;

sigset_t ending_signals() {
    sigset_t signals{};
    ::sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        ::sigaddset(&signals, signal);
    }
    return signals;
}

Result<> run(const Options& options) {
    const Result<Preset> preset = chosen_preset(options);
    if (!preset) {
        return std::unexpected(preset.error());
    }
    const sigset_t signals = ending_signals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGPIPE, SIG_IGN);  // A debugger that closed its pipe must not end us.
    const pid_t self = ::getpid();
    const Result<std::unique_ptr<Server>> server = Server::start(
        options.mount_point, *preset, options.driver, [self] { ::kill(self, SIGTERM); });
    if (!server) {
        return std::unexpected(server.error());
    }
    std::printf("ready %s\n", options.mount_point.c_str());
    std::fflush(stdout);
    int signal = 0;
    ::sigwait(&signals, &signal);
    return {};
}

}  // namespace

int main(int count, char** words) {
    const std::expected<Options, int> options = parse_options(count, words);
    if (!options) {
        return options.error();
    }
    const pid_t parent = ::getppid();
    if (options->die_with_parent) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) {
            return 0;  // It died before we could ask for the signal.
        }
    }
    if (const Result<> ran = run(*options); !ran) {
        journal(Severity::error, ran.error().message());
        return 1;
    }
    return 0;
}
