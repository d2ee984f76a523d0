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

}  // namespace
}  // namespace penstock::config
