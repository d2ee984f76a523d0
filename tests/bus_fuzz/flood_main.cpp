// SPDX-License-Identifier: Apache-2.0
//
// penstock-bus-flood: a user who asks the agent for everything as fast as the bus takes it, over
// many connections with many requests under way on each, until it is terminated. Prints how much.

#include <fmt/format.h>
#include <grp.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): pthread_sigmask() is not in <csignal>.
#include <systemd/sd-event.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "agent/publish/connection.h"
#include "base/program.h"

namespace penstock::bus_fuzz {
namespace {

struct Settings {
    std::string bus{};
    std::uint32_t pid = 1;
    std::uint32_t uid = 0;  // 0: whoever we are.
    int connections = 8;
    int under_way = 16;
};

struct Tally {
    std::uint64_t answers = 0;
    std::uint64_t refusals = 0;
};

// One connection; each answer makes it ask for the next thing.
class Asker {
  public:
    Asker(dbus::Connection bus, std::uint32_t pid, Tally& tally)
        : bus_(std::move(bus)), pid_(pid), tally_(tally) {}

    [[nodiscard]] sd_bus* bus() const { return bus_.get(); }

    void ask() {
        constexpr const char* service = "org.penstock1";
        constexpr const char* root = "/org/penstock1";
        constexpr const char* manager = "org.penstock1.Manager";
        const auto send = [&](const char* interface, const char* member, auto... words) {
            sd_bus_call_method_async(bus_.get(),
                                     nullptr,
                                     service,
                                     root,
                                     interface,
                                     member,
                                     &Asker::on_answer,
                                     this,
                                     words...);
        };
        constexpr std::uint64_t lease_rate = 100'000'000;
        constexpr std::uint64_t interval_usec = 250'000;
        switch (turn_++ % 8) {
            case 0:
                send(manager, "GetProcess", "u", pid_);
                break;
            case 1:
                send(manager, "SetProcessPriority", "uia{sv}", pid_, 20, 0);
                break;
            case 2:
                send("org.freedesktop.DBus.Properties", "GetAll", "s", manager);
                break;
            case 3:  // Its descriptor is closed with the answer, and with it the lease ends.
                send(manager, "AcquireLease", "sota{sv}", "dram", "/", lease_rate, 0);
                break;
            case 4:
                send(manager, "OpenMetricsStream", "sta{sv}", "jsonl", interval_usec, 0);
                break;
            case 5:
                send(manager, "Subscribe", "t", interval_usec);
                break;
            case 6:
                send(manager, "RegisterTaskByPID", "uua{sv}", pid_, 0, 1, "JobId", "s", "flood");
                break;
            default:
                send("org.freedesktop.DBus.ObjectManager", "GetManagedObjects", "");
        }
    }

  private:
    static int on_answer(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
        Asker& self = *static_cast<Asker*>(userdata);
        ++(sd_bus_message_is_method_error(message, nullptr) > 0 ? self.tally_.refusals
                                                                : self.tally_.answers);
        self.ask();
        return 1;
    }

    dbus::Connection bus_;
    std::uint32_t pid_;
    Tally& tally_;
    unsigned turn_ = 0;
};

// Here, and not by whoever starts us: that user need not be able to pass the folder we are in.
bool become(std::uint32_t uid) {
    return uid == 0 || (::setgroups(0, nullptr) == 0 && ::setresgid(uid, uid, uid) == 0 &&
                        ::setresuid(uid, uid, uid) == 0);
}

int run(const Settings& settings) {
    if (!become(settings.uid)) {
        fmt::print(stderr, "can not become uid {}\n", settings.uid);
        return EXIT_FAILURE;
    }
    sd_event* raw = nullptr;
    sd_event_default(&raw);
    const std::unique_ptr<sd_event, dbus::Releases<&sd_event_unref>> event(raw);
    sigset_t end{};
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &end, nullptr);
    sd_event_add_signal(raw, nullptr, SIGTERM, nullptr, nullptr);

    Tally tally;
    std::vector<std::unique_ptr<Asker>> askers;
    for (int i = 0; i < settings.connections; ++i) {
        Result<dbus::Connection> bus = dbus::connect(settings.bus);
        if (!bus) {
            fmt::print(stderr, "{}\n", bus.error().message());
            return EXIT_FAILURE;
        }
        askers.push_back(std::make_unique<Asker>(std::move(*bus), settings.pid, tally));
        sd_bus_attach_event(askers.back()->bus(), raw, 0);
        for (int k = 0; k < settings.under_way; ++k) {
            askers.back()->ask();
        }
    }
    fmt::print("ready\n");
    std::fflush(stdout);
    const int status = sd_event_loop(raw);
    fmt::print("{{\"answers\": {}, \"refusals\": {}}}\n", tally.answers, tally.refusals);
    return status < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int count, char** words) {
    Settings settings;
    CLI::App app("Floods the agent with requests until it is terminated.");
    app.add_option("--bus", settings.bus, "An address")->required();
    app.add_option("--pid", settings.pid, "A process with queues")->required();
    app.add_option("--uid", settings.uid, "The user to be");
    app.add_option("--connections", settings.connections)->check(CLI::Range(1, 256));
    app.add_option("--under-way", settings.under_way)->check(CLI::Range(1, 256));
    CLI11_PARSE(app, count, words);
    return run(settings);
}

}  // namespace
}  // namespace penstock::bus_fuzz

int main(int count, char** words) {
    return penstock::run_program("penstock-bus-flood",
                                 [&] { return penstock::bus_fuzz::main(count, words); });
}
