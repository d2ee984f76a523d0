// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* manager = "org.penstock1.Manager";
const std::string root = "/org/penstock1";

TEST(Reload, reports_what_was_read) {
    BusPair pair;
    pair.loop.report = {.files = {"/etc/penstock/agent.conf"},
                        .rules = 2,
                        .warnings = {"/etc/penstock/agent.conf:3: [Agent] Polciy= is not known"},
                        .needs_restart = {"[Bandwidth] PCM="}};
    const Reply reply = pair.call(root, manager, "Reload");
    ASSERT_TRUE(reply.ok()) << reply.error_sentence;
    ASSERT_STREQ(sd_bus_message_get_signature(reply.message.get(), 1), "a{sv}");
    EXPECT_EQ(sd_bus_message_enter_container(reply.message.get(), 'a', "{sv}"), 1);
    std::vector<std::string> said;
    while (sd_bus_message_enter_container(reply.message.get(), 'e', "sv") > 0) {
        const std::string name = text_at(reply.message.get());
        said.push_back(name + " " + text_at(reply.message.get()));
        sd_bus_message_exit_container(reply.message.get());
    }
    EXPECT_THAT(said,
                ElementsAre("files [/etc/penstock/agent.conf]",
                            "needs-restart [[Bandwidth] PCM=]",
                            "rules 2",
                            "warnings [/etc/penstock/agent.conf:3: [Agent] Polciy= is not known]"));
    EXPECT_EQ(pair.get_text(root, manager, "LastReloadError"), "");
    EXPECT_EQ(pair.get_text(root, manager, "ConfigTimestampUSec"), "10000000");
}

TEST(Reload, refused_names_the_place_and_is_remembered) {
    BusPair pair;
    pair.loop.failure = Error{.code = 0, .doing = "/etc/penstock/agent.conf:2: no"};
    const Reply reply = pair.call(root, manager, "Reload");
    EXPECT_EQ(reply.error_name, "org.penstock1.Error.ConfigInvalid");
    EXPECT_THAT(reply.error_sentence, HasSubstr("agent.conf:2"));
    EXPECT_THAT(pair.get_text(root, manager, "LastReloadError"), HasSubstr("agent.conf:2"));
    EXPECT_EQ(pair.get_text(root, manager, "ConfigTimestampUSec"), "0");
    EXPECT_THAT(pair.heard(),
                ElementsAre(Heard{"Reloading", "", {"true"}},
                            Heard{"PropertiesChanged", root, {"LastReloadError"}},
                            Heard{"Reloading", "", {"false"}}));
    pair.loop.failure.reset();
    ASSERT_TRUE(pair.call(root, manager, "Reload").ok());
    EXPECT_EQ(pair.get_text(root, manager, "LastReloadError"), "");
}

}  // namespace
}  // namespace penstock::test
