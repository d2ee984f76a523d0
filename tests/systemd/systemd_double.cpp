// SPDX-License-Identifier: Apache-2.0
//
// Systemd double: answers on a private bus in the place of systemd, as far as quotas of processor
// time go. It prints a line for each call, and goes by the first word of a file: "yes" or "no".

#include <systemd/sd-event.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "agent/publish/connection.h"
#include "tests/fakes/unit_service.h"

namespace {

using penstock::dbus::Connection;
using penstock::dbus::Releases;
using penstock::fakes::UnitService;

std::string word_in(const std::string& file) {
    std::string word = "yes";
    std::ifstream(file) >> word;
    return word;
}

int serve(const std::string& address, const std::string& file) {
    const penstock::Result<Connection> bus = penstock::dbus::connect(address);
    if (!bus) {
        std::fprintf(stderr, "%s\n", bus.error().message().c_str());
        return EXIT_FAILURE;
    }
    UnitService units;
    units.on_heard = [&](const std::string& line) {
        std::printf("%s\n", line.c_str());
        std::fflush(stdout);
        units.mood =
            word_in(file) == "no" ? UnitService::Mood::refuses : UnitService::Mood::willing;
    };
    sd_event* raw = nullptr;
    sd_event_default(&raw);
    const std::unique_ptr<sd_event, Releases<&sd_event_unref>> event(raw);
    if (units.serve(bus->get()) < 0 || sd_bus_attach_event(bus->get(), raw, 0) < 0 ||
        sd_bus_request_name(bus->get(), "org.freedesktop.systemd1", 0) < 0) {
        return EXIT_FAILURE;
    }
    std::printf("ready\n");
    std::fflush(stdout);
    return sd_event_loop(raw);
}

}  // namespace

int main(int count, char** words) {
    std::string address;
    std::string file;
    CLI::App app("Answers in the place of systemd.");
    app.add_option("--bus", address)->required();
    app.add_option("--answers", file)->required();
    CLI11_PARSE(app, count, words);
    return serve(address, file);
}
