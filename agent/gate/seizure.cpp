// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/seizure.h"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <string>
#include <thread>

#include "base/text.h"
#include "base/tree.h"

namespace penstock::gate {
namespace {

// ptrace(2) passes its numbers in pointers.
void* as_pointer(int number) {
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(number));  // NOLINT
}

bool stops_a_process(int signal) {
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

std::string name_of(const Tree& proc, std::string_view pid) {
    const Result<std::string> name = proc.read(std::string(pid) + "/comm");
    return name ? printable(trimmed(*name)) : "unknown";
}

bool traced_by_us(pid_t pid) {
    const std::string status = Tree("/proc").read(std::to_string(pid) + "/status").value_or("");
    return value_of(status, "TracerPid") == std::to_string(::gettid());
}

// A thread that was joined is still the tracer for a moment: the kernel wakes the joiner first.
void wait_for_the_end_of(pid_t tracer, pid_t pid) {
    constexpr int most_looks = 200;
    constexpr timespec pause{.tv_sec = 0, .tv_nsec = 50'000};
    for (int i = 0; i < most_looks; ++i) {
        const std::string status = Tree("/proc").read(std::to_string(pid) + "/status").value_or("");
        if (value_of(status, "TracerPid") != std::to_string(tracer)) {
            return;
        }
        ::nanosleep(&pause, nullptr);
    }
}

// Turns a bare "operation not permitted" into what a person can act on.
Error explain_refusal(pid_t pid, int code) {
    const Tree proc("/proc");
    if (code == ESRCH) {
        return {.doing = "process " + std::to_string(pid) + " has ended"};
    }
    const std::string status = proc.read(std::to_string(pid) + "/status").value_or("");
    const std::string_view tracer = value_of(status, "TracerPid").value_or("0");
    if (tracer != "0") {
        return {.doing = "another debugger (pid " + printable(tracer) + ", " +
                         name_of(proc, tracer) + ") is attached"};
    }
    if (value_of(status, "State").value_or("?").starts_with('Z')) {
        return {.doing =
                    "its first thread has ended, and only through that could it be attached to"};
    }
    const std::string scope = proc.read("sys/kernel/yama/ptrace_scope").value_or("0");
    if (trimmed(scope) == "3") {
        return {.doing =
                    "kernel.yama.ptrace_scope is 3, which forbids attaching to any process; "
                    "lower it in the boot configuration"};
    }
    return {.code = code,
            .doing = "attach to process " + std::to_string(pid) + " (needs CAP_SYS_PTRACE)"};
}

}  // namespace

Result<> Seizure::seize(pid_t pid) {
    if (::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) == 0) {
        // Even one we know is new: a thread of it that ran another program took the place of the
        // one we had seized, which nobody tells us.
        seized_.insert_or_assign(pid, Grip::held);
        return {};
    }
    const int code = errno;
    const auto known = seized_.find(pid);
    if (known == seized_.end()) {
        return std::unexpected(explain_refusal(pid, code));
    }
    if (!traced_by_us(pid)) {
        seized_.erase(known);
        return std::unexpected(explain_refusal(pid, code));
    }
    known->second = Grip::held;  // It was on its way out and is ours still.
    return {};
}

Result<> Seizure::seize_briefly(pid_t pid, const std::function<Result<>()>& work) {
    Result<> outcome;
    pid_t brief = 0;
    std::thread([&] {
        brief = ::gettid();
        if (::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0) {
            outcome = std::unexpected(explain_refusal(pid, errno));
        } else {
            outcome = work();
        }
    }).join();
    wait_for_the_end_of(brief, pid);
    return outcome;
}

void Seizure::release(pid_t pid) {
    const auto known = seized_.find(pid);
    if (known == seized_.end()) {
        return;
    }
    // Only a stopped process can be detached, and stopping ends calls that the kernel never
    // restarts (epoll_wait). So it is left to attend(), for which this signal makes the loop come
    // back: a gate that ends instead spares the process that stop.
    known->second = Grip::leaving;
    ::kill(::getpid(), SIGCHLD);
}

void Seizure::interrupt_the_leaving() {
    for (auto each = seized_.begin(); each != seized_.end();) {
        auto& [pid, grip] = *each;
        const bool asked = grip == Grip::leaving;
        grip = asked ? Grip::interrupted : grip;
        // A failure means that it is not ours any more.
        const bool lost = asked && ::ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr) != 0;
        each = lost ? seized_.erase(each) : std::next(each);
    }
}

std::vector<pid_t> Seizure::attend() {
    interrupt_the_leaving();
    std::vector<pid_t> ended;
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG | __WALL)) > 0;) {
        if (WIFSTOPPED(status)) {
            pass_on(pid, status);
        } else if (seized_.erase(pid) != 0) {
            ended.push_back(pid);
        }
    }
    return ended;
}

// Failures are those of a process that was killed meanwhile: its end is reported next.
void Seizure::pass_on(pid_t pid, int status) {
    const int signal = WSTOPSIG(status);
    const bool delivery = (status >> 16) == 0;
    const auto known = seized_.find(pid);
    if (known != seized_.end() && known->second != Grip::held) {
        ::ptrace(PTRACE_DETACH, pid, nullptr, as_pointer(delivery ? signal : 0));
        seized_.erase(known);
        return;
    }
    if (delivery) {
        ::ptrace(PTRACE_CONT, pid, nullptr, as_pointer(signal));
    } else if (stops_a_process(signal)) {
        // A stopped process stays stopped, and SIGCONT still wakes it.
        ::ptrace(PTRACE_LISTEN, pid, nullptr, nullptr);
    } else {
        ::ptrace(PTRACE_CONT, pid, nullptr, nullptr);
    }
}

}  // namespace penstock::gate
