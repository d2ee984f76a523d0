// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/lease_object.h"

#include <array>

#include "agent/publish/lease_requests.h"
#include "agent/publish/surface.h"
#include "agent/publish/vtable.h"

namespace penstock::dbus {
namespace {

using Self = LeaseObject;

std::string resource(const Self& self) {
    return std::string(name_of(self.kept.resource));
}

ObjectPath target(const Self& self) {
    return {target_path(self.kept.wish.pool)};
}

std::uint32_t owner_uid(const Self& self) {
    return self.kept.wish.party.uid;
}

std::uint32_t owner_pid(const Self& self) {
    return self.kept.wish.party.pid;
}

std::string who(const Self& self) {
    return self.kept.who;
}

std::string why(const Self& self) {
    return self.kept.why;
}

std::uint64_t granted(const Self& self) {
    return self.granted;
}

}  // namespace

std::string target_path(const LeasePool& pool) {
    return numbered_path(pool.kind == LeasePool::Kind::memory ? memory_prefix : gpu_prefix,
                         pool.number);
}

std::uint64_t used_bytes(const LeaseObject& lease) {
    return lease.used.value_or(unknown_rate);
}

const sd_bus_vtable* lease_vtable() {
    static constexpr std::array table{
        table_start(),
        method<release_lease>("Release", ""),
        property<resource>("Resource", never_changes),
        property<target>("Target", never_changes),
        property<owner_uid>("OwnerUID", never_changes),
        property<owner_pid>("OwnerPID", never_changes),
        property<who>("Who", never_changes),
        property<why>("Why", never_changes),
        property<granted>("BytesPerSecond", announced),
        property<used_bytes>("UsedBytes", not_announced),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
