// SPDX-License-Identifier: Apache-2.0
//
// org.penstock1.Lease: one object for each lease that is held.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <optional>
#include <string>

#include "agent/loop/lease_keeper.h"

namespace penstock::dbus {

struct Surface;

struct LeaseObject {
    struct Announced {
        // With the next look or list: what has ended by then nobody was told of.
        bool present = false;
        std::uint64_t granted = 0;
        TimePoint quiet_until{};
    };

    Surface& surface;
    LeaseId id{};
    KeptLease kept{};
    std::uint64_t granted = 0;
    // What its process has moved since; nothing while no counter tells processes apart.
    std::optional<std::uint64_t> used{};
    Announced announced{};
};

// Its userdata is a LeaseObject.
[[nodiscard]] const sd_bus_vtable* lease_vtable();

// The object that the lease is about.
[[nodiscard]] std::string target_path(const LeasePool& pool);

[[nodiscard]] std::uint64_t used_bytes(const LeaseObject& lease);

}  // namespace penstock::dbus
