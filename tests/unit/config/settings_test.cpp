// SPDX-License-Identifier: Apache-2.0

#include "agent/config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace penstock::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

const Key& key(std::string_view name) {
    return *std::ranges::find(keys(), name, &Key::name);
}

struct Applied {
    Settings settings{};
    Remarks remarks{};
};

Applied applied(std::string_view text) {
    Applied result;
    apply(parse_unit_text("/a.conf", text, result.remarks), result.settings, result.remarks);
    return result;
}

TEST(Settings, are_all_said_in_one_file) {
    const Applied result = applied(
        "[Agent]\nPolicy=observe-only\nAdminGroup=wheel\nTickSec=5ms\nWatchPointers="
        "no\nQueueSamplingSec=200us\n"
        "[Preemption]\nMayEvict=train*\nMayEvict=batch\nGateRealtimePriority=0\n"
        "LongestSuspensionSec=50ms\nShortestRunWindowSec=5ms\nDeviceTimeShare=1.5%\n"
        "[Bandwidth]\nDramPeak=40G\nPCM=yes\nResctrlGroups=yes\nLeaseUserShare=25%\n"
        "LeasesPerUser=4\nMostLeases=64\nCpuThrottle=auto\n"
        "CpuThrottleUnits=batch-*.service\nCpuThrottleUnits=run-*.scope\n"
        "[Policy]\nSettleSec=2ms\nQuantumSec=5ms\nAgingSec=1s\nRunners=3\nFirm=yes\nPatience=1\n");
    EXPECT_THAT(result.remarks.all(), IsEmpty());
    const Settings& settings = result.settings;
    EXPECT_EQ(settings.policy, "observe-only");
    EXPECT_EQ(settings.admin_group, "wheel");
    EXPECT_EQ(settings.tick, 5ms);
    EXPECT_FALSE(settings.watch_pointers);
    EXPECT_EQ(settings.queue_sampling, 200us);
    EXPECT_THAT(settings.may_evict, ElementsAre("train*", "batch"));
    EXPECT_EQ(settings.gate_realtime, 0);
    EXPECT_EQ(settings.limits().longest_suspension, 50ms);
    EXPECT_EQ(settings.limits().shortest_run_window, 5ms);
    EXPECT_DOUBLE_EQ(settings.limits().device_time_share, 0.015);
    EXPECT_EQ(settings.dram_peak, BytesPerSecond{40'000'000'000});
    EXPECT_TRUE(settings.pcm);
    EXPECT_TRUE(settings.resctrl_groups);
    EXPECT_DOUBLE_EQ(settings.lease_user_share, 0.25);
    EXPECT_EQ(settings.leases_per_user, 4);
    EXPECT_EQ(settings.most_leases, 64);
    EXPECT_EQ(settings.cpu_throttle, "auto");
    EXPECT_THAT(settings.cpu_throttle_units, ElementsAre("batch-*.service", "run-*.scope"));
    EXPECT_EQ(settings.policy_settings,
              (PolicySettings{.settle = 2ms,
                              .quantum = 5ms,
                              .aging = 1s,
                              .runners = 3,
                              .firm = true,
                              .patience = 1}));
}

// Who lists units and says nothing else is told what would be done, and it is not done.
TEST(Settings, hold_nobody_back_on_the_processors_unless_told_how) {
    EXPECT_EQ(Settings().cpu_throttle, "advice");
    EXPECT_THAT(Settings().cpu_throttle_units, IsEmpty());
    EXPECT_TRUE(key("CpuThrottle").live);
    for (const char* word : {"off", "advice", "auto", "resctrl", "quota"}) {
        const Applied result = applied(std::string("[Bandwidth]\nCpuThrottle=") + word + "\n");
        EXPECT_THAT(result.remarks.all(), IsEmpty());
        EXPECT_EQ(result.settings.cpu_throttle, word);
    }
    const Applied wrong = applied("[Bandwidth]\nCpuThrottle=yes\n");
    ASSERT_EQ(wrong.remarks.errors(), 1U);
    EXPECT_THAT(wrong.remarks.all().front().sentence,
                HasSubstr("is not one of off, advice, auto, resctrl and quota"));
    EXPECT_EQ(wrong.settings.cpu_throttle, "advice");
}

TEST(Settings, that_differ_are_found_with_whether_they_can_change_at_once) {
    const Applied former = applied("[Agent]\nPolicy=observe-only\nTickSec=5ms\n");
    const Applied present = applied(
        "[Agent]\nPolicy=fixed-priority\nTickSec=5000us\n"
        "[Bandwidth]\nPCM=yes\n");
    const std::vector<const Key*> found = changed(former.settings, present.settings);
    ASSERT_THAT(found, ElementsAre(&key("Policy"), &key("PCM")));
    EXPECT_TRUE(found[0]->live);
    EXPECT_FALSE(found[1]->live);
}

TEST(Settings, of_policies_are_keys_like_others_and_hold_at_once) {
    const Applied result = applied("[Policy]\nRunners=3\nFirm=no\nRunners=\nPatience=0.125\n");
    EXPECT_THAT(result.remarks.all(), IsEmpty());
    EXPECT_EQ(value_of(key("Runners"), result.settings), "");
    EXPECT_EQ(value_of(key("Firm"), result.settings), "no");
    EXPECT_EQ(value_of(key("Patience"), result.settings), "0.125");
    EXPECT_EQ(form_of(key("Runners")), "a whole number from 1 to 4096");
    const std::vector<const Key*> found = changed(Settings(), result.settings);
    ASSERT_THAT(found, ElementsAre(&key("Firm"), &key("Patience")));
    EXPECT_TRUE(found[0]->live);
}

TEST(Settings, take_a_group_by_its_name) {
    EXPECT_EQ(applied("[Agent]\nAdminGroup=penstock-admin\n").settings.admin_group,
              "penstock-admin");
    const Applied wrong = applied("[Agent]\nAdminGroup=a b\n");
    EXPECT_EQ(wrong.settings.admin_group, "");
    EXPECT_EQ(wrong.remarks.errors(), 1U);
}

TEST(Settings, that_nobody_knows_are_warned_of_and_ignored) {
    const Applied result = applied("[Agent]\nPolicie=x\n[Agents]\nPolicy=observe-only\n");
    EXPECT_EQ(result.settings, Settings());
    EXPECT_EQ(result.remarks.warnings(), 2U);
    EXPECT_EQ(result.remarks.errors(), 0U);
}

TEST(Settings, that_make_no_sense_leave_what_was_said_before) {
    const Applied result = applied("[Agent]\nTickSec=5ms\nTickSec=2h\nTickSec=soon\n");
    EXPECT_EQ(result.settings.tick, 5ms);
    ASSERT_EQ(result.remarks.errors(), 2U);
    EXPECT_EQ(to_text(result.remarks.all()[0].place), "/a.conf:3");
    EXPECT_EQ(result.remarks.all()[0].sentence,
              "TickSec=: \"2h\" is not a time span from 1ms to 1s; 5ms is kept");
}

TEST(Settings, become_what_they_were_by_an_empty_value) {
    const Applied result = applied(
        "[Agent]\nTickSec=5ms\nTickSec=\n[Preemption]\nMayEvict=a\nMayEvict=\nMayEvict=b\n"
        "[Bandwidth]\nDramPeak=1G\nDramPeak=\n");
    EXPECT_EQ(result.settings.tick, Settings().tick);
    EXPECT_THAT(result.settings.may_evict, ElementsAre("b"));
    EXPECT_EQ(result.settings.dram_peak, std::nullopt);
}

TEST(Settings, name_the_policies_there_are) {
    const Applied result = applied("[Agent]\nPolicy=no-such\n");
    ASSERT_EQ(result.remarks.errors(), 1U);
    EXPECT_THAT(result.remarks.all()[0].sentence, HasSubstr("fixed-priority"));
}

TEST(Settings, bound_every_number) {
    const std::vector<std::pair<std::string_view, std::vector<std::string>>> wrong = {
        {"TickSec", {"0", "999us", "1001ms"}},
        {"QueueSamplingSec", {"49us", "101ms"}},
        {"GateRealtimePriority", {"-1", "100", "high"}},
        {"LongestSuspensionSec", {"0", "11s"}},
        {"ShortestRunWindowSec", {"0", "11s"}},
        {"DeviceTimeShare", {"0%", "51%", "2", "-1%", "nan%", "inf%", "%", "1e9%"}},
        {"DramPeak", {"50", "0", "2000T", "fast"}},
        {"PCM", {"perhaps"}},
        {"MayEvict", {"\"open"}},
        {"VendorIoctl", {std::string(513, 'x')}},
    };
    for (const auto& [name, values] : wrong) {
        for (const std::string& value : values) {
            Settings settings;
            const Result<> done = set(key(name), value, settings);
            EXPECT_FALSE(done) << name << "=" << value;
            EXPECT_EQ(settings, Settings()) << name << "=" << value;
        }
    }
}

TEST(Settings, are_shown_as_they_can_be_read_again) {
    Settings settings =
        applied(
            "[Agent]\nPolicy=observe-only\nTickSec=5ms\n[Preemption]\nMayEvict=\"a b\" c*\n"
            "DeviceTimeShare=0.25%\n[Bandwidth]\nDramPeak=12.5G\nPCM=on\n")
            .settings;
    Settings again;
    for (const Key& each : keys()) {
        ASSERT_TRUE(set(each, value_of(each, settings), again)) << each.name;
    }
    EXPECT_EQ(again, settings);
}

TEST(Settings, have_one_name_and_one_sentence_each) {
    std::set<std::string_view> names;
    for (const Key& each : keys()) {
        EXPECT_TRUE(names.insert(each.name).second) << each.name;
        EXPECT_TRUE(each.about.ends_with('.')) << each.name;
        EXPECT_THAT(form_of(each), testing::Not(IsEmpty())) << each.name;
    }
    EXPECT_EQ(form_of(key("TickSec")), "a time span from 1ms to 1s");
    EXPECT_EQ(form_of(key("DeviceTimeShare")), "a share from 0.01% to 50%");
}

}  // namespace
}  // namespace penstock::config
