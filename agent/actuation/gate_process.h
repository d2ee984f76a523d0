// SPDX-License-Identifier: Apache-2.0
//
// GateProcess: the running penstock-gate and our end of the socket to it.
//
// The gate needs no signal to stop: it resumes everybody and leaves when our end hangs up, which
// also happens when the agent is killed. end() is for a gate that hangs: the kernel resumes what a
// dead gate has suspended.

#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/fd.h"

namespace penstock {

class GateProcess {
  public:
    // Starts the program with these arguments, and with --agent-fd: the number of its end of a
    // SOCK_SEQPACKET pair.
    static Result<GateProcess> start(const std::string& program,
                                     const std::vector<std::string>& arguments);

    // Connects to a SOCK_SEQPACKET socket where the service manager starts a gate for each
    // connection. Such a gate is not our child: it leaves when we hang up, and the service
    // manager's watchdog ends one that hangs.
    static Result<GateProcess> connect(const std::string& path);

    GateProcess(GateProcess&&) noexcept = default;
    GateProcess& operator=(GateProcess&&) = delete;
    GateProcess(const GateProcess&) = delete;
    GateProcess& operator=(const GateProcess&) = delete;

    // Hangs up and waits for the gate to leave; one that does not within a second is ended.
    ~GateProcess();

    [[nodiscard]] int socket() const { return socket_.get(); }

    // 0 for a gate that somebody else has started.
    [[nodiscard]] pid_t pid() const { return pid_; }

    // "it was killed by signal 9", or how else it stands, to be told.
    [[nodiscard]] std::string fate() const;

    // SIGKILL, and the kernel resumes everybody. Somebody else's gate is hung up on.
    void end() const;

  private:
    GateProcess(pid_t pid, Fd pidfd, Fd socket)
        : pid_(pid), pidfd_(std::move(pidfd)), socket_(std::move(socket)) {}

    pid_t pid_;
    Fd pidfd_;  // Empty once moved from, and for somebody else's gate: nothing to wait for.
    Fd socket_;
};

}  // namespace penstock
