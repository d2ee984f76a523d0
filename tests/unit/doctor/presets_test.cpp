// SPDX-License-Identifier: Apache-2.0
//
// The files of kmod-helpers/system: what is installed must change nothing by itself but who may
// open the device, and must explain what the doctor's advice refers to.

#include "kmod-helpers/doctor/presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "base/tree.h"

namespace penstock::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

std::string preset(const std::string& file) {
    const auto text = Tree(PENSTOCK_PRESETS).read(file);
    EXPECT_TRUE(text) << file;
    return text.value_or("");
}

std::vector<std::string> active_lines(const std::string& text) {
    std::vector<std::string> active;
    for (const std::string_view line : split(text, '\n')) {
        if (!trimmed(line).empty() && !trimmed(line).starts_with('#')) {
            active.emplace_back(line);
        }
    }
    return active;
}

TEST(Presets, for_the_driver_leave_its_defaults) {
    EXPECT_TRUE(active_lines(preset("modprobe.d/penstock.conf")).empty());
    EXPECT_TRUE(active_lines(preset("modules-load.d/penstock.conf")).empty());
}

TEST(Presets, explain_each_option_that_advice_names) {
    const std::string text = preset("modprobe.d/penstock.conf");
    for (const std::string option : {"cwsr_enable=1",
                                     "sched_policy=0",
                                     "hws_max_conc_proc=-1",
                                     "queue_preemption_timeout_ms=9000",
                                     "enforce_isolation=0"}) {
        EXPECT_THAT(text, HasSubstr("#options amdgpu " + option));
    }
}

TEST(Presets, give_the_devices_to_the_render_group) {
    const auto rules = active_lines(preset("udev/70-penstock.rules"));
    ASSERT_EQ(rules.size(), 2U);
    for (const std::string& rule : rules) {
        EXPECT_THAT(rule, EndsWith(R"(GROUP="render", MODE="0660")"));
    }
    EXPECT_THAT(rules[0], HasSubstr(R"(SUBSYSTEM=="kfd", KERNEL=="kfd")"));
    EXPECT_THAT(rules[1], HasSubstr(R"(DRIVERS=="amdgpu")"));
}

TEST(Presets, are_named_where_they_are_installed) {
    EXPECT_THAT(std::string(doctor::udev_preset), EndsWith("/lib/udev/rules.d/70-penstock.rules"));
    EXPECT_THAT(doctor::module_option("cwsr_enable=1"), HasSubstr(doctor::modprobe_preset));
}

}  // namespace
}  // namespace penstock::test
