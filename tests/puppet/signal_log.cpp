// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/signal_log.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <csignal>

namespace penstock::puppet {
namespace {

struct Entry {
    int signal = 0;
    int code = 0;
    int status = 0;
};

// A signal handler can reach nothing else. Handlers of two threads may run at once.
std::array<Entry, 256> entries;    // NOLINT
std::atomic<std::size_t> used{0};  // NOLINT

void note(int signal, siginfo_t* info, void* /*context*/) {
    const std::size_t place = used.fetch_add(1);
    if (place < entries.size()) {
        entries.at(place) = {.signal = signal,
                             .code = info->si_code,
                             .status = signal == SIGCHLD ? info->si_status : 0};
    }
}

}  // namespace

void log_signal(int signal, Restart restart) {
    struct sigaction action{};
    action.sa_sigaction = note;
    action.sa_flags = SA_SIGINFO | (restart == Restart::yes ? SA_RESTART : 0);
    ::sigaction(signal, &action, nullptr);
}

void set_disposition(int signal, void (*disposition)(int)) {
    struct sigaction action{};
    action.sa_handler = disposition;
    ::sigaction(signal, &action, nullptr);
}

void block_signal(int signal, bool blocked) {
    sigset_t set{};
    sigemptyset(&set);
    sigaddset(&set, signal);
    ::pthread_sigmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, nullptr);
}

std::string take_signal_log() {
    std::string text;
    const std::size_t count = std::min(used.exchange(0), entries.size());
    for (std::size_t i = 0; i < count; ++i) {
        const Entry& entry = entries.at(i);
        text += (text.empty() ? "" : " ") + std::to_string(entry.signal) + ":" +
                std::to_string(entry.code) + ":" + std::to_string(entry.status);
    }
    return text.empty() ? "none" : text;
}

}  // namespace penstock::puppet
