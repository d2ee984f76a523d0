// SPDX-License-Identifier: Apache-2.0

#include "agent/config/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/scratch_tree.h"

namespace penstock::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

std::optional<std::uint32_t> some_users(const std::string& name) {
    return name == "a" || name == "b" ? std::optional(1000U + static_cast<unsigned>(name[0]))
                                      : std::nullopt;
}

TEST(Configuration, of_a_machine_without_files_is_the_default) {
    const fakes::ScratchTree machine;
    const Configuration loaded = load(Tree(machine.root()), some_users);
    EXPECT_EQ(loaded.settings, Settings());
    EXPECT_THAT(loaded.rules, IsEmpty());
    EXPECT_THAT(loaded.files, IsEmpty());
    EXPECT_THAT(loaded.remarks.all(), IsEmpty());
}

TEST(Configuration, is_what_all_files_say_in_their_order) {
    fakes::ScratchTree machine;
    machine.write("usr/lib/penstock/agent.conf", "[Agent]\nTickSec=20ms\nPolicy=observe-only\n");
    machine.write("etc/penstock/agent.conf.d/50-faster.conf", "[Agent]\nTickSec=5ms\n");
    machine.write("etc/penstock/rules.d/20-b.conf", "[Match]\nUser=b\n[Apply]\nPriority=2\n");
    machine.write("usr/lib/penstock/rules.d/10-a.conf", "[Match]\nUser=a\n[Apply]\nPriority=1\n");
    const Configuration loaded = load(Tree(machine.root()), some_users);
    EXPECT_EQ(loaded.settings.tick, 5ms);
    EXPECT_EQ(loaded.settings.policy, "observe-only");
    ASSERT_THAT(loaded.rules, SizeIs(2));
    EXPECT_EQ(loaded.rules[0].terms.priority->value, 1);
    EXPECT_EQ(loaded.rules[1].file, "/etc/penstock/rules.d/20-b.conf");
    EXPECT_THAT(loaded.files,
                ElementsAre("/usr/lib/penstock/agent.conf",
                            "/etc/penstock/agent.conf.d/50-faster.conf",
                            "/usr/lib/penstock/rules.d/10-a.conf",
                            "/etc/penstock/rules.d/20-b.conf"));
    EXPECT_THAT(loaded.remarks.all(), IsEmpty());
}

TEST(Configuration, leaves_out_what_is_wrong_and_says_where) {
    fakes::ScratchTree machine;
    machine.write("etc/penstock/agent.conf", "[Agent]\nTickSec=never\nPolicy=observe-only\n");
    machine.write("etc/penstock/rules.d/a.conf", "[Match]\nUser=a\n[Apply]\nPriority=99\n");
    const Configuration loaded = load(Tree(machine.root()), some_users);
    EXPECT_EQ(loaded.settings.policy, "observe-only");
    EXPECT_EQ(loaded.settings.tick, Settings().tick);
    EXPECT_THAT(loaded.rules, IsEmpty());
    ASSERT_THAT(loaded.remarks.all(), SizeIs(2));
    EXPECT_EQ(to_text(loaded.remarks.all()[0].place), "/etc/penstock/agent.conf:2");
    EXPECT_EQ(to_text(loaded.remarks.all()[1].place), "/etc/penstock/rules.d/a.conf:4");
}

TEST(Configuration, has_the_policys_settings_from_any_file) {
    fakes::ScratchTree machine;
    machine.write("etc/penstock/agent.conf", "[Policy]\nQuantumSec=5ms\nSettleSec=1s\n");
    machine.write("etc/penstock/agent.conf.d/a.conf",
                  "[Agent]\nPolicy=fair-share\n[Policy]\nSettleSec=200us\n");
    const Configuration loaded = load(Tree(machine.root()), some_users);
    EXPECT_EQ(loaded.settings.policy_settings, (PolicySettings{.settle = 200us, .quantum = 5ms}));
    ASSERT_THAT(loaded.remarks.all(), SizeIs(1));
    EXPECT_EQ(to_text(loaded.remarks.all()[0].place), "/etc/penstock/agent.conf:3");
    EXPECT_EQ(loaded.remarks.all()[0].sentence,
              "SettleSec=: \"1s\" is not a time span from 0 to 100ms; nothing is kept");
}

TEST(Configuration, leaves_out_settings_that_the_policy_does_not_take) {
    fakes::ScratchTree machine;
    machine.write("etc/penstock/agent.conf",
                  "[Policy]\nRunners=4\nSettleSec=2ms\nRunners=5\n[Agent]\nPolicy=harvest\n");
    const Configuration loaded = load(Tree(machine.root()), some_users);
    EXPECT_EQ(loaded.settings.policy_settings, PolicySettings{.settle = 2ms});
    ASSERT_EQ(loaded.remarks.errors(), 1U);
    EXPECT_EQ(to_text(loaded.remarks.all()[0].place), "/etc/penstock/agent.conf:4");
    EXPECT_EQ(loaded.remarks.all()[0].sentence,
              "Runners=: policy \"harvest\" does not take Runners: it takes SettleSec; it is left "
              "out");
}

TEST(Configuration, only_warns_where_another_policy_is_chosen_elsewhere) {
    Settings settings{.policy = "observe-only", .policy_settings = {.settle = 2ms}};
    Remarks remarks;
    fit_policy({{.section = "Agent",
                 .key = "Policy",
                 .value = "observe-only",
                 .place = {.file = "--policy"}}},
               settings,
               remarks);
    EXPECT_EQ(settings.policy_settings, PolicySettings());
    EXPECT_EQ(remarks.errors(), 0U);
    ASSERT_EQ(remarks.warnings(), 1U);
    EXPECT_EQ(to_text(remarks.all()[0].place), "--policy");
}

}  // namespace
}  // namespace penstock::config
