// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/access.h"

#include <algorithm>
#include <array>

namespace penstock::dbus {
namespace {

constexpr std::array rows{
#include "dbus/access_rows.inc"
};

}  // namespace

std::optional<Access> access_of(MemberKind kind,
                                std::string_view interface,
                                std::string_view member) {
    const auto* const found = std::ranges::find_if(rows, [&](const AccessRow& row) {
        return row.kind == kind && row.interface == interface && row.member == member;
    });
    return found != rows.end() ? std::optional(found->access) : std::nullopt;
}

const char* action_for(Access access) {
    switch (access) {
        case Access::priority:
            return "org.penstock1.set-priority";
        case Access::preempt:
            return "org.penstock1.preempt";
        case Access::manage:
            return "org.penstock1.manage";
        case Access::lease:
            return "org.penstock1.acquire-lease-large";
        case Access::nobody:
        case Access::everybody:
            break;
    }
    return nullptr;
}

}  // namespace penstock::dbus
