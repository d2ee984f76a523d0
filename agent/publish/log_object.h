// SPDX-License-Identifier: Apache-2.0
//
// org.freedesktop.LogControl1: how much the agent logs, and where.

#pragma once

#include <systemd/sd-bus.h>

#include <functional>
#include <string>

namespace penstock::dbus {

// Where lines go is the program's affair.
struct LogObject {
    std::function<std::string()> target = [] { return std::string("console"); };
    std::function<bool(const std::string&)> set_target = [](const std::string& /*target*/) {
        return false;
    };
};

// Its userdata is a LogObject.
[[nodiscard]] const sd_bus_vtable* log_vtable();

}  // namespace penstock::dbus
