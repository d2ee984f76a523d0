// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "kmod-helpers/emulator/driver/byte_window.h"
#include "kmod-helpers/emulator/options.h"
#include "kmod-helpers/emulator/server/machine_files.h"
#include "kmod-helpers/emulator/server/system_ports.h"
#include "kmod-helpers/emulator/server/turnstile.h"
#include "tests/fakes/scratch_tree.h"
#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

TEST(Turnstile, runs_a_job_and_then_settles) {
    std::string done;
    Turnstile turnstile([&] { done += "s"; });
    turnstile.pass([&] { done += "j"; });
    EXPECT_EQ(done, "js");
    EXPECT_TRUE(turnstile.try_pass(0ns, [&] { done += "t"; }));
    EXPECT_EQ(done, "jsts");
}

TEST(Turnstile, runs_what_a_job_adds_after_it) {
    std::string done;
    Turnstile turnstile([] {});
    turnstile.pass([&] {
        turnstile.pass([&] { done += "2"; });
        done += "1";
    });
    EXPECT_EQ(done, "12");
}

TEST(Turnstile, never_makes_a_thread_wait) {
    std::atomic<bool> left = false;
    std::string done;
    Turnstile turnstile([] {});
    turnstile.pass([&] {
        // While this job is inside, another thread brings one and goes on.
        std::jthread([&] {
            turnstile.pass([&] { done += "other"; });
            EXPECT_FALSE(turnstile.try_pass(0ns, [] {}));
            left = true;
        }).join();
        EXPECT_TRUE(left);
        EXPECT_EQ(done, "");
    });
    EXPECT_EQ(done, "other");
}

TEST(Turnstile, loses_no_job_of_many_threads) {
    constexpr int each = 20000;
    int done = 0;  // Unprotected: only one job runs at a time.
    Turnstile turnstile([] {});
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 3; ++thread) {
            threads.emplace_back([&] {
                for (int count = 0; count < each; ++count) {
                    turnstile.pass([&] { ++done; });
                }
            });
        }
    }
    EXPECT_EQ(done, 3 * each);
}

TEST(ByteWindow, has_no_rate_before_ten_milliseconds) {
    ByteWindow window;
    const TimePoint start = from_ns(0);
    window.note({}, start);
    EXPECT_EQ(window.rates({.dram_read_bytes = 5}, start + 9ms).read.value, 0U);
}

TEST(ByteWindow, averages_over_the_last_ten_to_twenty) {
    ByteWindow window;
    DeviceCounters counters;
    TimePoint now = from_ns(0);
    for (int step = 0; step < 100; ++step, now += 1ms) {
        counters.dram_read_bytes += step < 50 ? 0 : 2000;  // From then on 2 MB/s.
        counters.dram_written_bytes += 1000;
        window.note(counters, now);
    }
    EXPECT_EQ(window.rates(counters, now - 1ms).read.value, 2000000U);
    EXPECT_EQ(window.rates(counters, now - 1ms).written.value, 1000000U);
}

TEST(ByteWindow, falls_to_nothing_when_the_device_rests) {
    ByteWindow window;
    const DeviceCounters counters{.dram_read_bytes = 1000};
    window.note(counters, from_ns(0));
    EXPECT_EQ(window.rates(counters, from_ns(0) + 1h).read.value, 0U);
}

TEST(SystemTasks, knows_the_tracer_of_a_threads_leader) {
    fakes::ScratchTree scratch;
    scratch.write("100/status", "Name:\tx\nTgid:\t100\nTracerPid:\t7\nVmSize:\t1 kB\n");
    scratch.write("101/status", "Name:\tx\nTgid:\t100\nTracerPid:\t0\nVmSize:\t1 kB\n");
    scratch.write("200/status", "Name:\tzombie\nTgid:\t200\nTracerPid:\t0\n");
    scratch.write("300/status", "Name:\tx\nTgid:\tx\nTracerPid:\t0\nVmSize:\t1 kB\n");
    SystemTasks tasks{Tree(scratch.root())};
    EXPECT_EQ(tasks.status(101)->tgid, 100U);
    EXPECT_EQ(tasks.status(101)->tracer_tid, 7U);
    EXPECT_FALSE(tasks.status(200));
    EXPECT_FALSE(tasks.status(300));
    EXPECT_FALSE(tasks.status(400));
}

TEST(SystemPorts, reach_this_very_process) {
    const auto self = static_cast<std::uint32_t>(::getpid());
    SystemTasks tasks{Tree("/proc")};
    EXPECT_EQ(tasks.status(self)->tgid, self);
    EXPECT_TRUE(tasks.belongs_to(self, self));
    EXPECT_FALSE(tasks.belongs_to(self, 1));
    std::uint64_t word = 7;
    std::uint64_t copy = 0;
    SystemMemory memory;
    const auto address = std::bit_cast<std::uint64_t>(&word);
    EXPECT_TRUE(memory.read(self, address, std::as_writable_bytes(std::span(&copy, 1))));
    EXPECT_EQ(copy, 7U);
    copy = 8;
    EXPECT_TRUE(memory.write(self, address, std::as_bytes(std::span(&copy, 1))));
    EXPECT_EQ(word, 8U);
    EXPECT_FALSE(memory.read(self, 8, std::as_writable_bytes(std::span(&copy, 1))));
    EXPECT_FALSE(memory.write(self, ~0ULL, std::as_bytes(std::span(&copy, 1))));
}

TEST(SystemPorts, read_many_words_up_to_the_first_that_can_not_be_reached) {
    const auto self = static_cast<std::uint32_t>(::getpid());
    const std::array<std::uint64_t, 2> words{7, 8};
    const auto at = [&](std::size_t i) { return std::bit_cast<std::uint64_t>(&words.at(i)); };
    const std::array<std::uint64_t, 4> places{at(1), at(0), 8, at(0)};
    std::array<std::uint64_t, 4> copies{};
    EXPECT_EQ(SystemMemory().read_words(self, places, copies), 2U);
    EXPECT_EQ(copies, (std::array<std::uint64_t, 4>{8, 7, 0, 0}));
    EXPECT_EQ(SystemMemory().read_words(self, std::span(places).subspan(2), copies), 0U);
}

TEST(SystemPorts, read_no_more_words_than_they_may) {
    const std::uint64_t word = 7;
    const std::vector places(SystemMemory::most_words + 1, std::bit_cast<std::uint64_t>(&word));
    std::vector<std::uint64_t> copies(places.size());
    EXPECT_EQ(SystemMemory().read_words(static_cast<std::uint32_t>(::getpid()), places, copies),
              SystemMemory::most_words);
    EXPECT_EQ(copies.back(), 0U);
}

TEST(MachineFiles, show_topology_metrics_and_counters) {
    DriverBench bench;
    Preset preset{.topology = {{"nodes/0/gpu_id", "0\n"}},
                  .devices = {{.gpu_id = gpu, .render_minor = 129, .has_metrics_v3_0 = true}}};
    const FixedFiles files = machine_files(preset, bench.driver);
    EXPECT_EQ(files.content("sys/class/kfd/kfd/topology/nodes/0/gpu_id"), "0\n");
    EXPECT_EQ(files.kind("sys/class/drm/renderD129/device/gpu_metrics"), NodeKind::text);
    EXPECT_FALSE(files.content("sys/class/drm/renderD129/device/gpu_metrics")->empty());
    EXPECT_EQ(files.content("emulator/counters"),
              "device 51432\nqueues 0\ndram_read_bytes 0\ndram_written_bytes 0\npackets 0\n"
              "kernels 0\nbusy_ns 0\nsuspends 0\nresumes 0\nevictions 0\nstalled_ns 0\nresets 0\n"
              "suspended_queues 0\nevicted_queues 0\n");
    EXPECT_EQ(files.content("sys/module/amdgpu/parameters/sched_policy"), "0\n");
    EXPECT_EQ(files.content("sys/module/amdgpu/parameters/cwsr_enable"), "1\n");
}

std::expected<Options, int> parsed(std::vector<std::string> words) {
    std::vector<char*> raw;
    words.insert(words.begin(), "penstock-kfd-emulator");
    for (std::string& word : words) {
        raw.push_back(word.data());
    }
    return parse_options(static_cast<int>(raw.size()), raw.data());
}

TEST(Options, change_every_device_of_a_preset) {
    const auto options = parsed({"--mount=/m",
                                 "--preset=gfx90a",
                                 "--save-us=5",
                                 "--restore-us=6",
                                 "--poll-us=7",
                                 "--scheduler=mes",
                                 "--permission=debugger"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->mount_point, "/m");
    EXPECT_EQ(options->driver.kernel.permission, PermissionRule::debugger);
    const Result<Preset> preset = chosen_preset(*options);
    ASSERT_TRUE(preset);
    ASSERT_FALSE(preset->devices.empty());
    const DeviceSettings& settings = preset->devices[0].settings;
    EXPECT_EQ(settings.save_cost, 5us);
    EXPECT_EQ(settings.restore_cost, 6us);
    EXPECT_EQ(settings.poll_period, 7us);
    EXPECT_EQ(settings.scheduler, Scheduler::mes);
}

TEST(Options, choose_a_driver) {
    const auto options = parsed({"--mount=/m",
                                 "--kernel=6.5",
                                 "--sched-policy=2",
                                 "--vendor-preempt=0x90",
                                 "--vendor-resume=0x91"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->driver.kernel.abi_minor, 14U);
    EXPECT_EQ(options->driver.kernel.permission, PermissionRule::traced);
    EXPECT_EQ(options->driver.scheduler_policy, SchedulerPolicy::none);
    ASSERT_TRUE(options->driver.vendor);
    EXPECT_EQ(options->driver.vendor->preempt, 0x90U);
    EXPECT_EQ(options->driver.vendor->resume, 0x91U);
}

TEST(Options, assume_the_newest_driver_without_a_vendors_calls) {
    const auto options = parsed({"--mount=/m"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->driver.kernel.name, "6.12.117");
    EXPECT_EQ(options->driver.kernel.permission, PermissionRule::debugger);
    EXPECT_FALSE(options->driver.vendor);
}

TEST(Options, change_the_generation_and_what_an_old_kernel_shows) {
    const auto options = parsed({"--mount=/m", "--gfx=90006", "--kernel=6.1"});
    ASSERT_TRUE(options);
    const Result<Preset> preset = chosen_preset(*options);
    ASSERT_TRUE(preset);
    EXPECT_EQ(preset->devices[0].name, "gfx906");
    EXPECT_EQ(preset->devices[0].settings.scheduler, Scheduler::hws);
    const std::string& properties = preset->topology.at("nodes/1/properties");
    EXPECT_NE(properties.find("capability 16982656\n"), std::string::npos) << properties;
}

TEST(Options, refuse_what_makes_no_sense) {
    EXPECT_FALSE(parsed({}));
    EXPECT_FALSE(parsed({"--mount=/m", "--poll-us=0"}));
    EXPECT_FALSE(parsed({"--mount=/m", "--save-us=-1"}));
    EXPECT_FALSE(parsed({"--mount=/m", "--scheduler=round"}));
    EXPECT_FALSE(parsed({"--mount=/m", "--kernel=5.4"}));
    EXPECT_FALSE(parsed({"--mount=/m", "--sched-policy=3"}));
    EXPECT_FALSE(parsed({"--mount=/m", "--gfx=1"}));
    EXPECT_FALSE(parsed({"--mount=/m", "--vendor-preempt=0x90"}));
    EXPECT_FALSE(parsed({"--mount=/m", "--vendor-preempt=0x26", "--vendor-resume=0x91"}));
    EXPECT_FALSE(parsed({"--mount=/m", "--preset=apu", "--topology=/t"}));
    const auto unknown = parsed({"--mount=/m", "--preset=voodoo"});
    ASSERT_TRUE(unknown);
    EXPECT_FALSE(chosen_preset(*unknown));
}

}  // namespace
}  // namespace penstock::emulator
