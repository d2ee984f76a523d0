// SPDX-License-Identifier: Apache-2.0

#include "policies/setting_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace penstock {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

std::string complaint(std::string_view name, std::string_view text) {
    PolicySettings settings;
    const Result<> read = read_setting(*find_setting(name), text, settings);
    EXPECT_EQ(settings, PolicySettings()) << name;
    return read ? "" : read.error().message();
}

TEST(SettingTable, names_each_setting_once_and_says_what_it_is) {
    std::set<std::string_view> names;
    std::set<std::string_view> bus_names;
    for (const PolicySetting& setting : policy_settings()) {
        EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
        EXPECT_TRUE(bus_names.insert(setting.bus_name).second) << setting.bus_name;
        EXPECT_TRUE(setting.about.ends_with('.')) << setting.name;
        const bool is_span = std::holds_alternative<Ranged<Duration>>(setting.target);
        EXPECT_EQ(setting.name.ends_with("Sec"), is_span) << setting.name;
        EXPECT_EQ(setting.bus_name.ends_with("USec"), is_span) << setting.bus_name;
    }
}

TEST(SettingTable, reads_every_kind_of_value_and_writes_it_back) {
    for (const auto& [name, text, again] : {std::tuple("SettleSec", "500us", "500us"),
                                            std::tuple("QuantumSec", "0.002", "2ms"),
                                            std::tuple("AgingSec", "1min 30s", "90s"),
                                            std::tuple("Runners", "16", "16"),
                                            std::tuple("Firm", "on", "yes"),
                                            std::tuple("Patience", "0.25", "0.25")}) {
        const PolicySetting& setting = *find_setting(name);
        PolicySettings settings;
        EXPECT_EQ(text_of(setting, settings), "");
        ASSERT_TRUE(read_setting(setting, text, settings)) << name;
        EXPECT_EQ(text_of(setting, settings), again) << name;
        EXPECT_EQ(settings_in(settings), std::vector{&setting}) << name;
        reset_setting(setting, settings);
        EXPECT_EQ(settings, PolicySettings()) << name;
    }
}

TEST(SettingTable, keeps_each_in_its_own_place) {
    PolicySettings settings;
    for (const PolicySetting& setting : policy_settings()) {
        const auto most = std::visit([](const auto& target) { return SettingValue(target.most); },
                                     setting.target);
        ASSERT_TRUE(set_setting(setting, most, settings)) << setting.name;
    }
    EXPECT_EQ(settings.settle, 100ms);
    EXPECT_EQ(settings.quantum, 1s);
    EXPECT_EQ(settings.aging, 1h);
    EXPECT_EQ(settings.runners, 4096U);
    EXPECT_EQ(settings.firm, true);
    EXPECT_EQ(settings.patience, 1.0);
    EXPECT_EQ(settings_in(settings).size(), policy_settings().size());
}

TEST(SettingTable, takes_its_bounds_and_nothing_beyond) {
    EXPECT_EQ(complaint("SettleSec", "101ms"), "\"101ms\" is not a time span from 0 to 100ms");
    EXPECT_EQ(complaint("QuantumSec", "999us"), "\"999us\" is not a time span from 1ms to 1s");
    EXPECT_EQ(complaint("AgingSec", "-1s"), "\"-1s\" is not a time span from 0 to 1h");
    EXPECT_EQ(complaint("Runners", "0"), "\"0\" is not a whole number from 1 to 4096");
    EXPECT_EQ(complaint("Firm", "perhaps"), "\"perhaps\" is not yes or no");
    for (const char* wrong : {"1.01", "-0.01", "nan", "inf", "half", "0.5 ", ""}) {
        EXPECT_THAT(complaint("Patience", wrong), HasSubstr("is not a number from 0 to 1"));
    }
    PolicySettings settings;
    EXPECT_TRUE(read_setting(*find_setting("SettleSec"), "0", settings));
    EXPECT_TRUE(read_setting(*find_setting("SettleSec"), "100ms", settings));
    EXPECT_TRUE(read_setting(*find_setting("Runners"), "1", settings));
}

TEST(SettingTable, refuses_values_of_another_type_or_none) {
    PolicySettings settings;
    EXPECT_FALSE(set_setting(*find_setting("Runners"), 0.5, settings));
    EXPECT_FALSE(set_setting(*find_setting("Firm"), std::uint32_t{1}, settings));
    EXPECT_FALSE(
        set_setting(*find_setting("Patience"), std::numeric_limits<double>::quiet_NaN(), settings));
    EXPECT_EQ(settings, PolicySettings());
}

TEST(SettingTable, suggests_what_was_meant_and_lists_what_there_is) {
    EXPECT_EQ(find_setting("Settle"), nullptr);
    EXPECT_EQ(find_setting("SettleUSec"), nullptr);
    EXPECT_EQ(find_setting_of_bus("SettleSec"), nullptr);
    EXPECT_THAT(no_such_setting("settelsec"),
                StartsWith("there is no setting \"settelsec\" of policies; did you mean SettleSec? "
                           "There are: SettleSec, QuantumSec, "));
    EXPECT_THAT(no_such_setting("zzz"), HasSubstr("policies; there are: SettleSec, "));
    EXPECT_THAT(no_such_setting_of_bus("AgingSec"), HasSubstr("did you mean AgingUSec?"));
    EXPECT_EQ(no_such_setting(std::string(500, '\n')).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace penstock
