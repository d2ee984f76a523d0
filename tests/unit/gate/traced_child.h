// SPDX-License-Identifier: Apache-2.0
//
// TracedChild: a child of the test that writes a letter for each signal it handles: 'u' for
// SIGUSR1, 'c' for SIGCONT. The test waits for letters and for stops at once, as the gate's loop
// does.

#pragma once

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "agent/gate/seizure.h"
#include "base/fd.h"

namespace penstock::gate {

inline int letter_pipe = -1;  // A signal handler can reach nothing else.

inline void write_letter(int signal) {
    const char letter = signal == SIGCONT ? 'c' : 'u';
    [[maybe_unused]] const ssize_t ignored = ::write(letter_pipe, &letter, 1);
}

class TracedChild {
  public:
    TracedChild() {
        sigset_t child_news{};
        sigemptyset(&child_news);
        sigaddset(&child_news, SIGCHLD);
        ::sigprocmask(SIG_BLOCK, &child_news, &mask_before_);
        news_ = Fd(::signalfd(-1, &child_news, SFD_CLOEXEC | SFD_NONBLOCK));
        std::array<int, 2> ends{};
        [[maybe_unused]] const int made = ::pipe2(ends.data(), O_CLOEXEC);
        letters_ = Fd(ends[0]);
        Fd theirs(ends[1]);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
            live(theirs.get());
        }
    }

    TracedChild(const TracedChild&) = delete;
    TracedChild& operator=(const TracedChild&) = delete;

    ~TracedChild() {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, __WALL) > 0) {
        }
        ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
    }

    [[nodiscard]] pid_t pid() const { return pid_; }

    // The next letter, while the tracer passes on what it has to. '?' when the child is silent.
    char next_letter(Seizure& tracer) {
        for (;;) {
            for (const pid_t ended : tracer.attend()) {
                if (ended == pid_) {
                    return '.';  // The end.
                }
            }
            std::array<pollfd, 2> waiting = {
                {{.fd = letters_.get(), .events = POLLIN, .revents = 0},
                 {.fd = news_.get(), .events = POLLIN, .revents = 0}}};
            if (::poll(waiting.data(), waiting.size(), longest_silence_ms) <= 0) {
                return '?';
            }
            signalfd_siginfo news{};
            while (::read(news_.get(), &news, sizeof(news)) > 0) {
            }
            char letter = '?';
            if ((waiting[0].revents & POLLIN) != 0 && ::read(letters_.get(), &letter, 1) == 1) {
                return letter;
            }
        }
    }

  private:
    static constexpr int longest_silence_ms = 20'000;

    [[noreturn]] static void live(int letters) {
        letter_pipe = letters;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
        struct sigaction action{};
        action.sa_handler = write_letter;
        for (const int signal : {SIGUSR1, SIGCONT}) {
            ::sigaction(signal, &action, nullptr);
        }
        write_letter(SIGUSR1);  // Ready.
        for (;;) {
            ::pause();
        }
    }

    sigset_t mask_before_{};
    pid_t pid_ = -1;
    Fd news_;
    Fd letters_;
};

}  // namespace penstock::gate
