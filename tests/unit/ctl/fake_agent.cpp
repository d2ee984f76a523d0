// SPDX-License-Identifier: Apache-2.0
//
// An agent without a machine: the shipped bus service in front of a hand-built snapshot. Prints
// "ready" when it owns the name, and ends when its standard input does.

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "agent/publish/bus_service.h"
#include "tests/unit/publish/fake_loop.h"

namespace penstock::test {
namespace {

int leave(sd_event_source* source, int /*fd*/, std::uint32_t /*events*/, void* /*userdata*/) {
    return sd_event_exit(sd_event_source_get_event(source), 0);
}

int serve(const std::string& address) {
    sd_event* raw = nullptr;
    if (sd_event_new(&raw) < 0) {
        return EXIT_FAILURE;
    }
    const std::unique_ptr<sd_event, dbus::Releases<&sd_event_unref>> event(raw);
    FakeLoop loop;
    auto service = BusService::open(raw, address, loop);
    if (!service) {
        fmt::print(stderr, "{}\n", service.error().message());
        return EXIT_FAILURE;
    }
    loop.publisher = service->get();
    (*service)->set_features({"emulated"});
    (*service)->following("fixed-priority");
    suspend(loop.snapshot, 1);
    loop.publish();
    sd_event_add_io(raw, nullptr, STDIN_FILENO, EPOLLIN | EPOLLHUP, &leave, nullptr);
    fmt::print("ready\n");
    std::fflush(stdout);
    return sd_event_loop(raw);
}

}  // namespace
}  // namespace penstock::test

int main(int count, char** words) {
    return count == 2 ? penstock::test::serve(words[1]) : EXIT_FAILURE;
}
