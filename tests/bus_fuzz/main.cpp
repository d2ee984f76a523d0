// SPDX-License-Identifier: Apache-2.0
//
// penstock-bus-fuzzer: asks a service for everything it offers, with values that nobody would send,
// and prints what came of it as a line of JSON.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/bus_fuzz/call_maker.h"

namespace penstock::bus_fuzz {
namespace {

struct Settings {
    std::string bus{};
    std::string service = "org.penstock1";
    std::uint64_t calls = 50'000;
    std::uint64_t seed = 1;
    std::uint64_t prefer = 1;
};

constexpr std::uint64_t patience_usec = 5'000'000;
constexpr std::uint64_t look_again = 500;  // Calls, after which objects may have come and gone.

struct Tally {
    std::uint64_t calls = 0;
    std::uint64_t answers = 0;
    std::uint64_t unanswered = 0;
    double slowest_ms = 0;
    std::map<std::string, std::uint64_t> errors{};
};

std::vector<Member> offer(sd_bus* bus, const std::string& service) {
    std::vector<Member> members = everything_below(bus, service, "/org/penstock1");
    const std::vector<Member> log = everything_below(bus, service, "/org/freedesktop/LogControl1");
    members.insert(members.end(), log.begin(), log.end());
    return members;
}

void call(sd_bus* bus, sd_bus_message* message, Tally& tally) {
    sd_bus_error error{};
    sd_bus_message* raw = nullptr;
    const auto began = std::chrono::steady_clock::now();
    const int result = sd_bus_call(bus, message, patience_usec, &error, &raw);
    const dbus::Message reply(raw);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    ++tally.calls;
    tally.slowest_ms = std::max(tally.slowest_ms, took.count());
    if (result >= 0) {
        ++tally.answers;
    } else {
        ++tally.errors[error.name == nullptr ? "none" : error.name];
        const bool silent = result == -ETIMEDOUT ||
                            sd_bus_error_has_name(&error, SD_BUS_ERROR_NO_REPLY) != 0 ||
                            sd_bus_error_has_name(&error, SD_BUS_ERROR_SERVICE_UNKNOWN) != 0;
        tally.unanswered += silent ? 1U : 0U;
    }
    sd_bus_error_free(&error);
}

int run(const Settings& settings) {
    const Result<dbus::Connection> bus = dbus::connect(settings.bus);
    if (!bus) {
        fmt::print(stderr, "{}\n", bus.error().message());
        return EXIT_FAILURE;
    }
    CallMaker maker(bus->get(), settings.service, settings.seed);
    maker.prefer(settings.prefer);
    Tally tally;
    std::vector<Member> members;
    while (tally.calls < settings.calls) {
        if (members.empty() || tally.calls % look_again == 0) {
            members = offer(bus->get(), settings.service);
        }
        if (members.empty()) {
            fmt::print(stderr, "the service offers nothing\n");
            return EXIT_FAILURE;
        }
        if (const dbus::Message message = maker.make(members.at(maker.below(members.size())))) {
            call(bus->get(), message.get(), tally);
        }
    }
    const nlohmann::json told{{"calls", tally.calls},
                              {"answers", tally.answers},
                              {"unanswered", tally.unanswered},
                              {"slowest_ms", tally.slowest_ms},
                              {"errors", tally.errors},
                              {"seed", settings.seed}};
    fmt::print("{}\n", told.dump());
    return EXIT_SUCCESS;
}

int main(int count, char** words) {
    Settings settings;
    CLI::App app("Fuzzes a service over D-Bus, driven by its introspection.");
    app.add_option("--bus", settings.bus, "system, session or an address")->required();
    app.add_option("--calls", settings.calls)->capture_default_str();
    app.add_option("--seed", settings.seed)->capture_default_str();
    app.add_option("--prefer", settings.prefer, "A number worth drawing, such as a pid");
    CLI11_PARSE(app, count, words);
    return run(settings);
}

}  // namespace
}  // namespace penstock::bus_fuzz

int main(int count, char** words) {
    return penstock::bus_fuzz::main(count, words);
}
