// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/log_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/publish/vtable.h"
#include "base/journal.h"
#include "base/text.h"

namespace penstock::dbus {
namespace {

using Self = LogObject;

struct Level {
    const char* name;
    Severity severity;
};

// The first name of a severity is the one that is shown.
constexpr std::array levels{
    Level{.name = "err", .severity = Severity::error},
    Level{.name = "warning", .severity = Severity::warning},
    Level{.name = "notice", .severity = Severity::notice},
    Level{.name = "info", .severity = Severity::info},
    Level{.name = "debug", .severity = Severity::debug},
    Level{.name = "emerg", .severity = Severity::error},
    Level{.name = "alert", .severity = Severity::error},
    Level{.name = "crit", .severity = Severity::error},
};

std::string level(const Self& /*self*/) {
    const auto* const found = std::ranges::find(levels, journal_threshold(), &Level::severity);
    return found != levels.end() ? found->name : "";
}

Answer<> set_level(Self& /*self*/, const Caller& /*caller*/, const std::string& wanted) {
    const auto* const found =
        std::ranges::find_if(levels, [&](const Level& each) { return wanted == each.name; });
    if (found == levels.end()) {
        return refuse(error::invalid_args,
                      fmt::format("there is no log level \"{}\": the levels are err, warning, "
                                  "notice, info and debug",
                                  printable(wanted)));
    }
    set_journal_threshold(found->severity);
    return {};
}

std::string target(const Self& self) {
    return self.target();
}

Answer<> set_target(Self& self, const Caller& /*caller*/, const std::string& wanted) {
    if (self.set_target(wanted)) {
        return {};
    }
    return refuse(error::invalid_args,
                  fmt::format("there is no log target \"{}\": the targets are journal and console",
                              printable(wanted)));
}

std::string identifier(const Self& /*self*/) {
    return "penstockd";
}

// systemd's own services announce none of it.
template <auto getter, auto setter>
constexpr sd_bus_vtable silent_property(const char* member) {
    sd_bus_vtable entry = writable_property<getter, setter>(member);
    entry.flags = SD_BUS_VTABLE_UNPRIVILEGED & ((1ULL << 56) - 1);
    return entry;
}

}  // namespace

const sd_bus_vtable* log_vtable() {
    static constexpr std::array table{
        table_start(),
        silent_property<level, set_level>("LogLevel"),
        silent_property<target, set_target>("LogTarget"),
        property<identifier>("SyslogIdentifier", not_announced),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
