// SPDX-License-Identifier: Apache-2.0

#include "agent/options.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

Result<Parsed> parse(std::vector<std::string> words, Options& into) {
    words.insert(words.begin(), "penstockd");
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    return parse_options(static_cast<int>(arguments.size()), arguments.data(), into);
}

config::Settings settings_of(Options& options) {
    options.config_root.clear();
    return configure(options).settings;
}

TEST(Options, record_decisions_in_a_file_of_bounded_size) {
    Options options;
    ASSERT_EQ(parse({}, options), Parsed::run);
    EXPECT_EQ(options.decisions_file, "");
    EXPECT_EQ(options.decisions_mib, 256U);
    ASSERT_EQ(parse({"--decisions=/run/d", "--decisions-mib=1024"}, options), Parsed::run);
    EXPECT_EQ(options.decisions_file, "/run/d");
    EXPECT_EQ(options.decisions_mib, 1024U);
    EXPECT_FALSE(parse({"--decisions-mib=1025"}, options));
    EXPECT_FALSE(parse({"--decisions-mib=0"}, options));
}

TEST(Options, serve_the_system_bus_with_the_real_device_unless_told_otherwise) {
    Options options;
    ASSERT_EQ(parse({}, options), Parsed::run);
    EXPECT_EQ(options.bus, "system");
    EXPECT_EQ(options.kfd_path, "/dev/kfd");
    EXPECT_EQ(options.sysfs_root, "/sys");
    EXPECT_EQ(settings_of(options).policy, "fixed-priority");
    EXPECT_TRUE(settings_of(options).watch_pointers);
    EXPECT_TRUE(options.gate_program.ends_with("/penstock-gate"));
}

TEST(Options, keep_the_way_back_from_limits_in_a_file_and_undo_them_on_request) {
    Options options;
    ASSERT_EQ(parse({}, options), Parsed::run);
    EXPECT_EQ(options.undo_file, "/run/penstock/undo");
    EXPECT_EQ(options.cgroups, "/sys/fs/cgroup");
    EXPECT_FALSE(options.undo);
    ASSERT_EQ(parse({"--undo", "--undo-file=/run/u", "--cgroups=/c"}, options), Parsed::run);
    EXPECT_TRUE(options.undo);
    EXPECT_EQ(options.undo_file, "/run/u");
    EXPECT_EQ(options.cgroups, "/c");
}

TEST(Options, look_for_a_calibration_and_configure_no_peak_unless_told_to) {
    Options options;
    ASSERT_EQ(parse({}, options), Parsed::run);
    EXPECT_EQ(options.calibration, "/var/lib/penstock/calibration");
    EXPECT_EQ(settings_of(options).dram_peak, std::nullopt);
    ASSERT_EQ(parse({"--calibration", "", "--dram-peak=50000000000"}, options), Parsed::run);
    EXPECT_EQ(options.calibration, "");
    EXPECT_EQ(settings_of(options).dram_peak, BytesPerSecond{50'000'000'000});
}

TEST(Options, refuse_a_peak_that_no_memory_has) {
    for (const char* wrong : {"0", "50", "-1", "1e11", "fast", "99999999999999999999"}) {
        Options options;
        EXPECT_FALSE(parse({std::string("--dram-peak=") + wrong}, options)) << wrong;
    }
}

TEST(Options, allow_no_eviction_and_no_vendor_ioctl_unless_told_to) {
    Options options;
    ASSERT_EQ(parse({}, options), Parsed::run);
    EXPECT_TRUE(settings_of(options).may_evict.empty());
    EXPECT_TRUE(settings_of(options).vendor_ioctl.empty());
    ASSERT_EQ(parse({"--may-evict=train*", "--may-evict=batch", "--ledger=/l", "--gate-realtime=2"},
                    options),
              Parsed::run);
    EXPECT_EQ(settings_of(options).may_evict, (std::vector<std::string>{"train*", "batch"}));
    EXPECT_EQ(options.ledger, "/l");
    EXPECT_EQ(settings_of(options).gate_realtime, 2);
    EXPECT_FALSE(parse({"--gate-realtime=100"}, options).has_value());
}

TEST(Options, take_every_value) {
    Options options;
    ASSERT_EQ(parse({"--bus=unix:path=/run/b",
                     "--kfd=/k",
                     "--sysfs=/s",
                     "--gate=/g",
                     "--policy=observe-only",
                     "--trace=/t",
                     "--tick-ms=5",
                     "--sampling-us=100",
                     "--no-pointer-watch",
                     "--debug"},
                    options),
              Parsed::run);
    EXPECT_EQ(options.bus, "unix:path=/run/b");
    EXPECT_EQ(options.gate_program, "/g");
    EXPECT_EQ(options.trace_file, "/t");
    EXPECT_EQ(settings_of(options).tick, 5ms);
    EXPECT_EQ(settings_of(options).queue_sampling, 100us);
    EXPECT_FALSE(settings_of(options).watch_pointers);
    EXPECT_TRUE(options.debug_log);
}

TEST(Options, refuse_what_they_do_not_know_and_what_is_out_of_range) {
    for (const char* bad : {"--frobnicate", "--tick-ms=0", "--tick-ms=soon", "--sampling-us=1"}) {
        Options options;
        const Result<Parsed> parsed = parse({bad}, options);
        ASSERT_FALSE(parsed) << bad;
        EXPECT_FALSE(parsed.error().message().empty());
    }
}

TEST(Options, win_over_what_the_files_say) {
    fakes::ScratchTree machine;
    machine.write("etc/penstock/agent.conf", "[Agent]\nTickSec=20ms\nPolicy=observe-only\n");
    Options options;
    ASSERT_EQ(parse({"--config-root=" + machine.root(), "--tick-ms=5"}, options), Parsed::run);
    const config::Configuration configuration = configure(options);
    EXPECT_EQ(configuration.settings.tick, 5ms);
    EXPECT_EQ(configuration.settings.policy, "observe-only");
}

TEST(Options, are_wrong_before_any_file_is_read) {
    Options options;
    const Result<Parsed> parsed = parse({"--policy=no-such"}, options);
    ASSERT_FALSE(parsed);
    EXPECT_TRUE(parsed.error().message().starts_with("--policy: Policy=: "));
    EXPECT_FALSE(parse({"--policy="}, options));
}

}  // namespace
}  // namespace penstock
