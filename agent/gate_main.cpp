// SPDX-License-Identifier: Apache-2.0
//
// penstock-gate: the only program of Penstock that touches other processes. The agent starts it.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "agent/gate/gate_loop.h"
#include "agent/gate/processes.h"
#include "agent/gate/real_time.h"
#include "agent/gate/seizure.h"
#include "agent/gate_machine.h"
#include "agent/gate_self_test.h"
#include "agent/pointer_ring.h"
#include "agent/watchdog.h"
#include "base/clock.h"
#include "base/journal.h"
#include "base/program.h"

namespace penstock::gate {
namespace {

struct Options {
    int agent_fd = -1;
    GateMachine::Settings machine{};
    bool undo_only = false;
    bool self_test = false;
    int nice = 0;
    int realtime = 0;  // A priority of SCHED_FIFO, or 0 for none.
};

void raise_priority(const Options& options, RealTime& real_time, Outbox& outbox) {
    const auto complain = [&](const Error& error) {
        outbox.report(wire::Said{.severity = 5, .line = error.message()});
    };
    if (options.nice != 0 && ::setpriority(PRIO_PROCESS, 0, options.nice) != 0) {
        complain({.code = errno, .doing = "run at nice " + std::to_string(options.nice)});
    }
    if (const Result<> raised = real_time.begin(options.realtime); !raised) {
        complain(raised.error());
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
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGXCPU}) {
        sigaddset(&wanted, signal);
    }
    if (::pthread_sigmask(SIG_BLOCK, &wanted, nullptr) != 0) {
        return fail(errno, "block signals");
    }
    return owned(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK), "receive signals");
}

Result<std::unique_ptr<PointerMoves>> open_ring(Fd ring, Fd slots, const wire::Hello& hello) {
    Result<PointerRing> opened =
        PointerRing::open(std::move(ring), slots, hello.ring_bytes, hello.slot_count);
    if (!opened) {
        return std::unexpected(std::move(opened).error());
    }
    return std::make_unique<PointerRing>(std::move(*opened));
}

// What the loop does besides: what is left to undo, and a word to the service manager.
class Chores {
  public:
    explicit Chores(std::function<std::optional<TimePoint>()> undo) : undo_(std::move(undo)) {}

    // Returns when to be called next.
    std::optional<TimePoint> operator()() {
        const TimePoint now = monotonic_now();
        if (undo_due_ && now >= *undo_due_) {
            undo_due_ = undo_();
        }
        watchdog_.feed(now);
        const std::optional<TimePoint> feeding = watchdog_.due();
        if (!undo_due_ || !feeding) {
            return undo_due_ ? undo_due_ : feeding;
        }
        return std::min(*undo_due_, *feeding);
    }

  private:
    std::function<std::optional<TimePoint>()> undo_;
    std::optional<TimePoint> undo_due_{TimePoint{}};  // At once.
    Watchdog watchdog_{};
};

constexpr Duration undo_period = std::chrono::seconds(1);  // While something is left to undo.

// Now, and again until nothing is left: the returned moment is when to call it next.
std::optional<TimePoint> undo_leftovers(GateMachine& machine, Tracer& tracer, Outbox& outbox) {
    for (std::string& line : machine.undo_leftovers(tracer)) {
        outbox.report(wire::Said{.severity = 4, .line = std::move(line)});
    }
    return machine.owes() ? std::optional(monotonic_now() + undo_period) : std::nullopt;
}

// After a crash, when no agent will start another gate.
Result<> undo_only(const Options& options) {
    const Result<std::unique_ptr<GateMachine>> machine = GateMachine::open(options.machine);
    if (!machine) {
        return std::unexpected(machine.error());
    }
    Seizure seizure;
    for (const std::string& line : (*machine)->undo_leftovers(seizure)) {
        journal(Severity::warning, line);
    }
    if ((*machine)->owes()) {
        return fail("something could not be undone");
    }
    return {};  // Our end lets go of whoever was seized for it.
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
    const Result<std::unique_ptr<GateMachine>> machine = GateMachine::open(options.machine);
    if (!machine) {
        return std::unexpected(machine.error());
    }
    RealTime real_time;
    raise_priority(options, real_time, link);

    Seizure seizure;
    KernelProcesses processes;
    const Ports ports{.debug = (*machine)->debug(),
                      .ladder = &(*machine)->ladder(),
                      .tracer = seizure,
                      .processes = processes,
                      .outbox = link,
                      .wakeups = *poller,
                      .clock = monotonic_now};
    GateCore core(ports);
    Conversation conversation(core, ports, (*machine)->facts(), open_ring);
    tell_ready("Serving the agent");
    GateLoop({.poller = *poller,
              .link = link,
              .conversation = conversation,
              .core = core,
              .signals = signal_fd->get(),
              .real_time = real_time,
              .clock = monotonic_now,
              .chore = Chores([&] { return undo_leftovers(**machine, seizure, link); })})
        .run();
    tell_stopping();
    return {};
}

int main(int count, char** words) {
    Options options;
    CLI::App app(
        "Suspends and resumes the compute queues of other processes for penstockd, which "
        "starts it.");
    app.set_version_flag("--version", PENSTOCK_VERSION);
    app.add_option("--agent-fd", options.agent_fd, "The agent's SOCK_SEQPACKET socket")
        ->check(CLI::Range(0, 1 << 20));
    app.add_option("--kfd", options.machine.kfd_path, "The KFD device");
    app.add_option(
        "--ledger", options.machine.ledger, "File with what must be undone after a crash");
    app.add_option(
        "--vendor-ioctl", options.machine.vendor_ioctl, "Numbers and layout of a patched driver");
    app.add_flag("--self-test",
                 options.self_test,
                 "Tries everything that the gate needs of this machine, and leaves");
    app.add_flag("--undo-only", options.undo_only, "Undoes what the ledger says and leaves");
    app.add_option("--nice", options.nice, "Niceness")->check(CLI::Range(-20, 19));
    // The last one counts: a unit says one, and the administrator may say another.
    app.add_option("--realtime", options.realtime, "SCHED_FIFO priority, 0 for none")
        ->take_last()
        ->check(CLI::Range(0, 99));
    CLI11_PARSE(app, count, words);

    if (options.self_test) {
        return self_test(options.machine.kfd_path, options.realtime) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    const Result<> result = options.undo_only ? undo_only(options) : run(options);
    if (!result) {
        journal(Severity::error, "penstock-gate: " + result.error().message());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

}  // namespace
}  // namespace penstock::gate

// What is thrown unwinds everything, and so resumes whoever is suspended.
int main(int count, char** words) {
    return penstock::run_program("penstock-gate",
                                 [&] { return penstock::gate::main(count, words); });
}
