// SPDX-License-Identifier: Apache-2.0
//
// Who may open /dev/kfd, and what is said about it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "kmod-helpers/doctor/examine.h"
#include "tests/unit/doctor/machine.h"

namespace penstock::test {
namespace {

using doctor::DeviceFile;
using doctor::Facts;
using doctor::Finding;
using doctor::State;
using testing::HasSubstr;

constexpr std::uint32_t somebody = 1000;

Finding about(const Facts& facts, const std::string& subject) {
    const auto findings = examine(facts);
    const auto found = std::ranges::find(findings, subject, &Finding::subject);
    EXPECT_NE(found, findings.end()) << subject;
    return found == findings.end() ? Finding{} : *found;
}

Facts with_file(std::uint32_t mode, std::uint32_t group) {
    Facts facts = Machine().facts();
    facts.file = {.kind = DeviceFile::Kind::driver, .failure = 0, .mode = mode, .group = group};
    return facts;
}

TEST(Access, is_fine_for_the_render_group) {
    const Finding file = about(with_file(0660, render_gid), "/dev/kfd");
    EXPECT_EQ(file.state, State::fine);
    EXPECT_EQ(file.found, "mode 0660, group render");
}

TEST(Access, is_limited_when_it_is_for_all_or_for_root_or_for_another_group) {
    for (const auto& [mode, group] : {std::pair{0666U, render_gid},
                                      std::pair{0600U, 0U},
                                      std::pair{0640U, render_gid},
                                      std::pair{0660U, 44U}}) {
        const Finding file = about(with_file(mode, group), "/dev/kfd");
        EXPECT_EQ(file.state, State::limited) << file.found;
        EXPECT_THAT(file.change, HasSubstr("/udev/rules.d/70-penstock.rules")) << file.found;
        EXPECT_FALSE(file.consequence.empty()) << file.found;
    }
}

TEST(Access, of_the_caller_follows_from_mode_and_groups) {
    Facts facts = with_file(0660, render_gid);
    facts.caller = {.uid = somebody, .groups = {somebody, render_gid}};
    EXPECT_EQ(about(facts, "your account").state, State::fine);
    facts.caller = {.uid = somebody, .groups = {somebody}};
    EXPECT_EQ(about(facts, "your account").state, State::limited);
    EXPECT_THAT(about(facts, "your account").change, HasSubstr("usermod -aG render"));
    facts.caller = {.uid = 0, .groups = {0}};
    EXPECT_EQ(about(facts, "your account").state, State::fine);
    facts = with_file(0666, 0);
    facts.caller = {.uid = somebody, .groups = {somebody}};
    EXPECT_EQ(about(facts, "your account").state, State::fine);
    facts = with_file(0600, 0);
    facts.caller = {.uid = somebody, .groups = {somebody}};
    EXPECT_THAT(about(facts, "your account").change, HasSubstr("70-penstock.rules"));
}

TEST(Access, says_nothing_of_a_caller_for_another_machines_files) {
    const auto findings = examine(with_file(0660, render_gid));
    EXPECT_EQ(std::ranges::find(findings, "your account", &Finding::subject), findings.end());
}

TEST(Access, needs_a_file_at_all) {
    Facts facts = Machine().facts();
    EXPECT_EQ(about(facts, "/dev/kfd").state, State::broken);
    EXPECT_THAT(about(facts, "/dev/kfd").change, HasSubstr("dmesg"));
    facts.file.failure = EACCES;
    EXPECT_EQ(about(facts, "/dev/kfd").state, State::unknown);
    EXPECT_THAT(about(facts, "/dev/kfd").found, HasSubstr("Permission denied"));
    facts.file.kind = DeviceFile::Kind::other;
    EXPECT_EQ(about(facts, "/dev/kfd").state, State::broken);
}

}  // namespace
}  // namespace penstock::test
