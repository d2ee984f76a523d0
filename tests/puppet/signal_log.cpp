// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/signal_log.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>

namespace penstock::puppet {
namespace {

// One word for each handled signal, so that nobody reads half of it: its number, code and status.
// 0 is a place that a handler on another thread has claimed and not filled yet.
using Entry = std::uint64_t;

constexpr std::size_t places = 256;

// A signal handler can reach nothing else. Handlers of two threads may run at once.
std::array<std::atomic<Entry>, places> entries;  // NOLINT
std::atomic<std::size_t> used{0};                // NOLINT
std::size_t taken = 0;                           // NOLINT

Entry entry_of(int signal, int code, int status) {
    return static_cast<Entry>(signal) << 48U |
           static_cast<Entry>(static_cast<std::uint16_t>(code)) << 32U |
           static_cast<std::uint32_t>(status);
}

std::string text_of(Entry entry) {
    return std::to_string(entry >> 48U) + ":" +
           std::to_string(static_cast<std::int16_t>(entry >> 32U)) + ":" +
           std::to_string(static_cast<std::int32_t>(entry));
}

void note(int signal, siginfo_t* info, void* /*context*/) {
    const int status = signal == SIGCHLD ? info->si_status : 0;
    entries.at(used.fetch_add(1) % places) = entry_of(signal, info->si_code, status);
}

Entry take(std::atomic<Entry>& place) {
    Entry entry = place.exchange(0);
    for (int patience = 10'000; entry == 0 && patience > 0; --patience) {
        ::sched_yield();
        entry = place.exchange(0);
    }
    return entry;
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
    const std::size_t end = used;
    for (taken = std::max(taken, end < places ? 0 : end - places); taken < end; ++taken) {
        text += (text.empty() ? "" : " ") + text_of(take(entries.at(taken % places)));
    }
    return text.empty() ? "none" : text;
}

}  // namespace penstock::puppet
