// SPDX-License-Identifier: Apache-2.0
//
// Access: what each member of the API takes a sender, as the contracts in dbus/ say.
//
// The table is made from them; what is not in it can not be called.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::dbus {

enum class Access : std::uint8_t {
    nobody,     // A property that is only read.
    everybody,  // Changes nothing.
    priority,   // Changes on what terms one process runs.
    preempt,    // Preempts or resumes one process.
    manage,     // Changes how the agent works, for all.
    lease,      // Takes more of a bandwidth than one user may have.
};

enum class MemberKind : std::uint8_t { method, property };

struct AccessRow {
    std::string_view interface{};
    MemberKind kind = MemberKind::method;
    std::string_view member{};
    Access access = Access::nobody;
};

// Nothing for a member that there is not. A method may be called, a property written by whom it
// says.
[[nodiscard]] std::optional<Access> access_of(MemberKind kind,
                                              std::string_view interface,
                                              std::string_view member);

// What a person has to be granted by polkit: "org.penstock1.preempt". Null for nobody and
// everybody.
[[nodiscard]] const char* action_for(Access access);

}  // namespace penstock::dbus
