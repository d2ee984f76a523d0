// SPDX-License-Identifier: Apache-2.0
//
// Lease codec: what the members about leases take and give, beyond the usual types.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/publish/codec.h"

namespace penstock::dbus {

// An a{sv} of what a lease is asked for with. Absent is what the client did not say.
struct LeaseOptions {
    std::optional<std::uint64_t> least{};
    std::optional<std::uint64_t> wait_usec{};
    bool exclusive = false;
    bool insist = false;  // On being exclusive, whatever others lose by it.
    std::optional<std::string> lease_class{};
    std::string who{};
    std::string why{};
    std::string unknown_key{};  // "" when the client gave none.
};

// Three values of an answer, one after the other.
struct GrantedLease {
    Fd descriptor{};
    ObjectPath lease{};
    std::uint64_t granted = 0;
};

template <>
struct Codec<LeaseOptions> {
    static constexpr auto signature = fixed("a{sv}");

    static int read(sd_bus_message* message, LeaseOptions& value);
};

template <>
struct Codec<GrantedLease> {
    static constexpr auto signature = fixed("hot");

    static int append(sd_bus_message* message, const GrantedLease& value);
};

}  // namespace penstock::dbus
