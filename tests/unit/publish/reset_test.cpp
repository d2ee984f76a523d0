// SPDX-License-Identifier: Apache-2.0
//
// Clients take back what was set over D-Bus.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "agent/publish/change_request.h"
#include "base/fd.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;

constexpr const char* process = "org.penstock1.Process";

Reply reset(BusPair& pair) {
    return pair.call(process_path, process, "ResetProperties");
}

TEST(ResetProperties, brings_back_what_rules_and_defaults_say_and_announces_it) {
    BusPair pair;
    pair.loop.ruled.service_class = {{.value = ServiceClass::batch, .source = "rule:50.conf"}};
    ASSERT_TRUE(pair.set(process_path, process, "Priority", "i", "5").ok());
    ASSERT_TRUE(pair.set(process_path, process, "Class", "s", "idle").ok());
    pair.heard();
    ASSERT_TRUE(reset(pair).ok());
    EXPECT_EQ(pair.get_text(process_path, process, "Priority"), "0");
    EXPECT_EQ(pair.get_text(process_path, process, "PrioritySource"), "default");
    EXPECT_EQ(pair.get_text(process_path, process, "Class"), "batch");
    EXPECT_EQ(pair.get_text(process_path, process, "ClassSource"), "rule:50.conf");
    EXPECT_THAT(pair.heard(),
                ElementsAre(Heard{"PropertiesChanged",
                                  process_path,
                                  {"Priority", "PrioritySource", "Class", "ClassSource"}}));
}

TEST(ResetProperties, leaves_what_nobody_set_and_exemptions_alone) {
    BusPair pair;
    pair.loop.snapshot.owners[0].weight = 300;
    pair.loop.snapshot.owners[0].weight_source = "rule:50.conf";
    ASSERT_TRUE(pair.set(process_path, process, "Preemptible", "b", "false").ok());
    ASSERT_TRUE(reset(pair).ok());
    EXPECT_EQ(pair.get_text(process_path, process, "Weight"), "300");
    EXPECT_EQ(pair.get_text(process_path, process, "Preemptible"), "false");
}

TEST(ResetProperties, passes_on_why_the_loop_could_not) {
    BusPair pair;
    ASSERT_TRUE(pair.set(process_path, process, "Priority", "i", "5").ok());
    pair.loop.failure = Error{.code = 0, .doing = "the agent is starting"};
    EXPECT_EQ(reset(pair).error_sentence, "the agent is starting");
    EXPECT_EQ(pair.get_text(process_path, process, "Priority"), "5");
}

TEST(ResetProperties, says_that_the_process_ended_meanwhile) {
    BusPair pair;
    pair.loop.lose_processes_first = true;
    EXPECT_EQ(reset(pair).error_name, "org.penstock1.Error.ProcessGone");
}

// What a filter would see of the call.
class ResetWish : public testing::Test {
  protected:
    ResetWish() {
        surface_.processes[4242] = std::make_unique<dbus::ProcessObject>(
            dbus::ProcessObject{.surface = surface_, .owner = sample_owner(OwnerId{1}, 4242)});
        owner().priority = 2;
        owner().priority_source = "dbus:0";
        // Messages belong to a bus; nobody is at the other end of this one.
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        other_end_ = Fd(ends[1]);
        sd_bus* bus = nullptr;
        EXPECT_GE(sd_bus_new(&bus), 0);
        bus_.reset(bus);
        EXPECT_GE(sd_bus_set_fd(bus, ends[0], ends[0]), 0);
        EXPECT_GE(sd_bus_start(bus), 0);
    }

    Owner& owner() { return surface_.processes.at(4242)->owner; }

    dbus::Wish wish() {
        sd_bus_message* call = nullptr;
        EXPECT_GE(sd_bus_message_new_method_call(bus_.get(),
                                                 &call,
                                                 "org.penstock1",
                                                 process_path.c_str(),
                                                 process,
                                                 "ResetProperties"),
                  0);
        const dbus::Message message(call);
        EXPECT_GE(sd_bus_message_seal(call, 1, 0), 0);
        return dbus::read_request(call, surface_, 1000).value().wish;
    }

    FakeLoop loop_{};
    dbus::Surface surface_{loop_, {}, 0};

  private:
    Fd other_end_{};
    std::unique_ptr<sd_bus, dbus::Releases<&sd_bus_unref>> bus_{};
};

TEST_F(ResetWish, of_an_owner_who_was_raised_is_to_lower) {
    EXPECT_EQ(wish().access, dbus::Access::priority);
    EXPECT_THAT(wish().process_uid, Eq(1000U));
    EXPECT_EQ(wish().raise, "");
}

TEST_F(ResetWish, of_an_owner_who_was_lowered_is_to_raise) {
    loop_.ruled.priority = {{.value = 5, .source = "rule:50.conf"}};
    EXPECT_THAT(wish().raise, HasSubstr("priority 5 is above the present 2"));
}

}  // namespace
}  // namespace penstock::test
