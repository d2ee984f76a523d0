// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/seizure.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <string>

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
    const auto known = seized_.find(pid);
    if (known != seized_.end()) {
        known->second = Grip::held;  // It was on its way out and is ours still.
        return {};
    }
    if (::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0) {
        return std::unexpected(explain_refusal(pid, errno));
    }
    seized_.emplace(pid, Grip::held);
    return {};
}

void Seizure::release(pid_t pid) {
    const auto known = seized_.find(pid);
    if (known == seized_.end()) {
        return;
    }
    // Only a stopped process can be detached; attend() does it when the stop arrives. A failure
    // means that it is dying, which arrives there too.
    known->second = Grip::leaving;
    ::ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr);
}

std::vector<pid_t> Seizure::attend() {
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
    if (known != seized_.end() && known->second == Grip::leaving) {
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
