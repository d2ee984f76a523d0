// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/calibrate.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "agent/probes/calibration/calibration_file.h"
#include "agent/probes/real_machine.h"
#include "client/ctl/calibration_view.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

sigset_t stop_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    return set;
}

// They wait from now on, in threads started later too, so that none of them can end the program
// between the halves of something.
void hold_stop_signals() {
    const sigset_t set = stop_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool stop_signal_waits() {
    sigset_t waiting;
    ::sigemptyset(&waiting);
    ::sigpending(&waiting);
    return ::sigismember(&waiting, SIGINT) == 1 || ::sigismember(&waiting, SIGTERM) == 1;
}

std::string utc_text() {
    const auto now = std::chrono::system_clock::now();
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

Outcome<> refused(const Error& error, std::string_view purpose) {
    return fail(Exit::refused, fmt::format("{}: {}", purpose, error.message()));
}

}  // namespace

Outcome<> run(const Calibrate& verb) {
    if (!verb.output.empty()) {
        if (const Result<> storable = calibration::check_storable(verb.output); !storable) {
            return refused(storable.error(), "the result could not be stored");
        }
    }
    hold_stop_signals();
    fmt::print(stderr,
               "streaming through memory on all cores for about {} s\n",
               std::chrono::duration_cast<std::chrono::seconds>(verb.length).count());
    RealMachine machine({});
    const Result<calibration::Calibration> found = calibration::calibrate(
        machine, {.length = verb.length, .date = utc_text(), .interrupted = stop_signal_waits});
    if (!found) {
        return refused(found.error(), "calibrate");
    }
    if (!verb.output.empty()) {
        if (const Result<> stored = calibration::store_calibration(verb.output, *found); !stored) {
            return refused(stored.error(), "the result was not stored");
        }
    }
    fmt::print("{}",
               verb.json ? calibration_json(*found, verb.output).dump(2) + '\n'
                         : calibration_text(*found, verb.output));
    return {};
}

}  // namespace penstock::ctl
