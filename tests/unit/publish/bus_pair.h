// SPDX-License-Identifier: Apache-2.0
//
// BusPair: the service and a client at the two ends of a socket pair, in one thread and one event
// loop. No bus daemon and no rights are needed.

#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/publish/bus_service.h"
#include "agent/publish/connection.h"
#include "tests/unit/publish/fake_loop.h"

namespace penstock::test {

// An answer to a call, with the name and sentence of an error.
struct Reply {
    dbus::Message message{};
    std::string error_name{};
    std::string error_sentence{};

    [[nodiscard]] bool ok() const { return error_name.empty(); }
};

// A signal as it arrived: its member, its path, and for PropertiesChanged and InterfacesAdded or
// Removed the names of what it is about.
struct Heard {
    std::string member{};
    std::string path{};
    std::vector<std::string> names{};
    bool operator==(const Heard&) const = default;
};

class BusPair {
  public:
    BusPair();

    FakeLoop loop{};

    BusService& service() { return *service_; }

    // Sends a call and serves until its answer is there. `fill` writes the arguments.
    template <typename Fill>
    Reply call(const std::string& path, const char* interface, const char* member, Fill fill) {
        dbus::Message message = new_call(path, interface, member);
        fill(message.get());
        return exchange(message.get());
    }

    Reply call(const std::string& path, const char* interface, const char* member) {
        return call(path, interface, member, [](sd_bus_message*) {});
    }

    // org.freedesktop.DBus.Properties, with the values as busctl would print them.
    Reply get(const std::string& path, const char* interface, const char* property);
    std::string get_text(const std::string& path, const char* interface, const char* property);
    Reply set(const std::string& path,
              const char* interface,
              const char* property,
              const std::string& type,
              const std::string& value);

    // Signals since the last call, once everything sent has arrived.
    std::vector<Heard> heard();

    // The service's end hangs up without notice of the client.
    [[nodiscard]] sd_event* event() { return event_.get(); }

  private:
    dbus::Message new_call(const std::string& path, const char* interface, const char* member);
    Reply exchange(sd_bus_message* message);
    static int on_reply(sd_bus_message* message, void* userdata, sd_bus_error* error);
    static int on_signal(sd_bus_message* message, void* userdata, sd_bus_error* error);

    std::unique_ptr<sd_event, dbus::Releases<&sd_event_unref>> event_;
    std::unique_ptr<BusService> service_;
    dbus::Connection client_;
    std::vector<Heard> heard_{};
};

// The value at the reading position, as text: "10", "running", "true", "[a, b]".
std::string text_at(sd_bus_message* message);

inline const std::string process_path = "/org/penstock1/process/4242";
inline const std::string memory_path = "/org/penstock1/memory/0";
inline const std::string gpu_path = "/org/penstock1/gpu/51432";
inline const std::string package_path = "/org/penstock1/package/0";

}  // namespace penstock::test
