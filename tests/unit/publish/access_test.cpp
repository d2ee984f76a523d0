// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using dbus::Access;
using dbus::access_of;
using dbus::action_for;
using dbus::MemberKind;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Access, is_what_the_contracts_say) {
    EXPECT_EQ(access_of(MemberKind::method, "org.penstock1.Manager", "GetProcess"),
              Access::everybody);
    for (const char* member : {"Preempt", "Resume", "PreemptQueue", "ResumeQueue"}) {
        EXPECT_EQ(access_of(MemberKind::method, "org.penstock1.Process", member), Access::preempt);
    }
    for (const char* member : {"ResumeAll", "Reload", "SetPolicy"}) {
        EXPECT_EQ(access_of(MemberKind::method, "org.penstock1.Manager", member), Access::manage);
    }
    EXPECT_EQ(access_of(MemberKind::method, "org.penstock1.Manager", "ExplainProcess"),
              Access::everybody);
    EXPECT_EQ(access_of(MemberKind::property, "org.penstock1.Process", "Priority"),
              Access::priority);
    EXPECT_EQ(access_of(MemberKind::property, "org.penstock1.Process", "PID"), Access::nobody);
    EXPECT_EQ(access_of(MemberKind::method, "org.penstock1.Process", "Priority"), std::nullopt);
}

TEST(Access, names_an_action_for_all_that_changes_something) {
    for (const Access access : {Access::priority, Access::preempt, Access::manage}) {
        EXPECT_THAT(action_for(access), HasSubstr("org.penstock1."));
    }
    EXPECT_EQ(action_for(Access::everybody), nullptr);
}

// sd-bus would look the member up in every interface, past whoever guards them by name.
TEST(AuthorizationFilter, refuses_a_call_without_an_interface) {
    BusPair pair;
    const Reply reply = pair.call("/org/penstock1", nullptr, "ResumeAll");
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.UnknownInterface");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(AuthorizationFilter, refuses_members_that_no_contract_has) {
    BusPair pair;
    EXPECT_EQ(pair.call("/org/penstock1", "org.penstock1.Manager", "Shutdown").error_name,
              "org.freedesktop.DBus.Error.UnknownMethod");
    EXPECT_EQ(pair.set("/org/penstock1", "org.penstock1.Manager", "Shutdown", "s", "").error_name,
              "org.freedesktop.DBus.Error.UnknownProperty");
    EXPECT_EQ(pair.set("/org/penstock1", "org.penstock1.Manager", "Version", "s", "2").error_name,
              "org.freedesktop.DBus.Error.PropertyReadOnly");
}

TEST(AuthorizationFilter, leaves_objects_that_are_not_there_to_the_bus) {
    BusPair pair;
    const std::string nowhere = "/org/penstock1/process/77";
    EXPECT_EQ(pair.call(nowhere, "org.penstock1.Process", "Resume").error_name,
              "org.freedesktop.DBus.Error.UnknownObject");
    EXPECT_EQ(pair.set(nowhere, "org.penstock1.Process", "Priority", "i", "1").error_name,
              "org.freedesktop.DBus.Error.UnknownObject");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

}  // namespace
}  // namespace penstock::test
