// SPDX-License-Identifier: Apache-2.0
//
// penstock-gate: the only program of Penstock that touches other processes. The agent starts it.

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>

#include "agent/gate/gate_loop.h"
#include "agent/gate/processes.h"
#include "agent/gate/seizure.h"
#include "agent/pointer_ring.h"
#include "base/clock.h"
#include "base/journal.h"
#include "kmod-helpers/kfd_device.h"

namespace penstock::gate {
namespace {

struct Options {
    int agent_fd = -1;
    std::string kfd_path = "/dev/kfd";
    int nice = 0;
    int realtime = 0;  // A priority of SCHED_FIFO, or 0 for none.
};

// A runaway loop at a real-time priority would take the machine; the kernel ends it after so long
// without sleep, and then resumes everybody.
constexpr rlim_t longest_run_us = 500'000;

void raise_priority(const Options& options, Outbox& outbox) {
    const auto complain = [&](const std::string& wish) {
        outbox.report(wire::Said{.severity = 5, .line = Error{errno, wish}.message()});
    };
    if (options.nice != 0 && ::setpriority(PRIO_PROCESS, 0, options.nice) != 0) {
        complain("run at nice " + std::to_string(options.nice));
    }
    if (options.realtime == 0) {
        return;
    }
    const rlimit bound{.rlim_cur = longest_run_us, .rlim_max = longest_run_us};
    sched_param priority{};
    priority.sched_priority = options.realtime;
    if (::setrlimit(RLIMIT_RTTIME, &bound) != 0 ||
        ::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) != 0) {
        complain("run at real-time priority " + std::to_string(options.realtime));
    }
}

// Dumping our core would delay the kernel's resume of everybody by seconds.
void forbid_core_dumps() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &none);
}

// A later child status and the signals that end us arrive as descriptor events, never in between.
Result<Fd> signals() {
    sigset_t wanted{};
    sigemptyset(&wanted);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&wanted, signal);
    }
    if (::sigprocmask(SIG_BLOCK, &wanted, nullptr) != 0) {
        return fail(errno, "block signals");
    }
    return owned(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK), "receive signals");
}

DeviceFacts facts_of(const Result<kfd::KfdDevice>& device) {
    if (!device) {
        return {.trouble = device.error().message()};
    }
    const kfd::GetVersion& version = device->version();
    DeviceFacts facts{.kfd_major = version.major, .kfd_minor = version.minor};
    if (!device->has_debug_trap()) {
        facts.trouble = "the driver's interface is version " + std::to_string(version.major) + "." +
                        std::to_string(version.minor) +
                        ", expected 1.13 (Linux 6.5) or later, which can suspend queues";
    }
    return facts;
}

Result<std::unique_ptr<PointerMoves>> open_ring(Fd ring, Fd slots, const wire::Hello& hello) {
    Result<PointerRing> opened =
        PointerRing::open(std::move(ring), slots, hello.ring_bytes, hello.slot_count);
    if (!opened) {
        return std::unexpected(std::move(opened).error());
    }
    return std::make_unique<PointerRing>(std::move(*opened));
}

Result<> run(const Options& options) {
    forbid_core_dumps();
    if (::fcntl(options.agent_fd, F_SETFD, FD_CLOEXEC) != 0) {
        return fail(errno, "use descriptor " + std::to_string(options.agent_fd));
    }
    AgentLink link{Fd(options.agent_fd)};
    const Result<Fd> signal_fd = signals();
    if (!signal_fd) {
        return std::unexpected(signal_fd.error());
    }
    Result<Poller> poller = Poller::open();
    if (!poller) {
        return std::unexpected(std::move(poller).error());
    }
    const Result<kfd::KfdDevice> device = kfd::KfdDevice::open(options.kfd_path);
    const DeviceFacts facts = facts_of(device);
    std::optional<kfd::DriverDebugPort> debug;
    if (facts.trouble.empty()) {
        debug.emplace(*device);
    }
    raise_priority(options, link);

    Seizure seizure;
    KernelProcesses processes;
    const Ports ports{.debug = debug ? &*debug : nullptr,
                      .tracer = seizure,
                      .processes = processes,
                      .outbox = link,
                      .wakeups = *poller,
                      .clock = monotonic_now};
    GateCore core(ports);
    Conversation conversation(core, ports, facts, open_ring);
    GateLoop({.poller = *poller,
              .link = link,
              .conversation = conversation,
              .core = core,
              .signals = signal_fd->get(),
              .clock = monotonic_now})
        .run();
    return {};
}

}  // namespace
}  // namespace penstock::gate

int main(int argc, char** argv) {
    penstock::gate::Options options;
    CLI::App app(
        "Suspends and resumes the compute queues of other processes for penstockd, which "
        "starts it.");
    app.set_version_flag("--version", PENSTOCK_VERSION);
    app.add_option("--agent-fd", options.agent_fd, "The agent's SOCK_SEQPACKET socket")
        ->required()
        ->check(CLI::Range(0, 1 << 20));
    app.add_option("--kfd", options.kfd_path, "The KFD device");
    app.add_option("--nice", options.nice, "Niceness")->check(CLI::Range(-20, 19));
    app.add_option("--realtime", options.realtime, "SCHED_FIFO priority, 0 for none")
        ->check(CLI::Range(0, 99));
    CLI11_PARSE(app, argc, argv);

    if (const penstock::Result<> result = penstock::gate::run(options); !result) {
        penstock::journal(penstock::Severity::error, "penstock-gate: " + result.error().message());
        return 1;
    }
    return 0;
}
