// SPDX-License-Identifier: Apache-2.0
//
// What owners use of devices, as DRM and as KFD account it.

#include <gtest/gtest.h>

#include <cerrno>

#include "agent/probes/gpu/fdinfo_owner.h"
#include "agent/probes/gpu/gpu_sources.h"
#include "agent/probes/gpu/round_robin.h"
#include "tests/unit/gpu_probes/stand.h"

namespace penstock {
namespace {

using namespace fakes;

constexpr std::uint32_t pid = 77;
constexpr OwnerId owner{5};
constexpr std::uint64_t part = 51432;

struct Use {
    unsigned client = 1;
    unsigned vram_kib = 0;
    std::string engine_ns{};  // None when empty.
    std::string device = "0000:03:00.0";
};

class FdinfoSource : public testing::Test {
  protected:
    FdinfoSource() {
        at.put_on_bus("0000:03:00.0");
        at.source = make_fdinfo({});
        at.source->follow({.owner = owner, .pid = pid});
        write("0", "pos:\t0\nflags:\t0100002\n");
    }

    static std::string file(const std::string& descriptor) {
        return "proc/" + std::to_string(pid) + "/fdinfo/" + descriptor;
    }

    void write(const std::string& descriptor, const std::string& text) {
        at.write(file(descriptor), text);
    }

    void write(const std::string& descriptor, const Use& use) {
        std::string text = "pos:\t0\ndrm-driver:\tamdgpu\ndrm-client-id:\t" +
                           std::to_string(use.client) + "\ndrm-pdev:\t" + use.device +
                           "\ndrm-memory-vram:\t" + std::to_string(use.vram_kib) +
                           " KiB\ndrm-memory-gtt:\t8 KiB\n";
        if (!use.engine_ns.empty()) {
            text += "drm-engine-gfx:\t" + use.engine_ns + " ns\n";
        }
        write(descriptor, text);
    }

    // Long enough that files are searched for again.
    void pass() {
        at.now += FdinfoOwner::search_period;
        at.read();
    }

    Stand at;
};

TEST_F(FdinfoSource, tells_time_and_memory_of_an_owner_by_device) {
    write("9", Use{.vram_kib = 4, .engine_ns = "1000"});
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    write("9", Use{.vram_kib = 4, .engine_ns = "6000"});
    at.read();

    const CounterReading time = at.counter(Quantity::gpu_time, part);
    EXPECT_EQ(time.count, 5000U) << "since it is followed";
    EXPECT_EQ(time.unit, 1e-9);
    EXPECT_EQ(time.subject.place, place_of(owner));
    EXPECT_EQ(time.by.confidence, Confidence::heuristic);
    EXPECT_EQ(at.level(Quantity::vram_used, part).value, 4096);
    EXPECT_EQ(at.level(Quantity::gtt_used, part).value, 8192);
}

TEST_F(FdinfoSource, counts_a_client_with_several_descriptors_once) {
    write("9", Use{.vram_kib = 4, .engine_ns = "1000"});
    write("10", Use{.vram_kib = 4, .engine_ns = "1000"});
    write("11", Use{.client = 2, .vram_kib = 1, .engine_ns = "50"});
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_EQ(at.level(Quantity::vram_used, part).value, 5120);
}

TEST_F(FdinfoSource, has_no_time_for_work_that_only_kfd_runs) {
    write("9", Use{.vram_kib = 4});
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_EQ(at.counter(Quantity::gpu_time, part).count, std::nullopt);
    EXPECT_EQ(at.counter(Quantity::gpu_time, part).by.origin.text(),
              "fdinfo times no engine: what queues of KFD run is not in it");
    EXPECT_EQ(at.level(Quantity::vram_used, part).value, 4096);
}

TEST_F(FdinfoSource, keeps_the_time_of_a_client_that_closes) {
    write("9", Use{.vram_kib = 4, .engine_ns = "1000"});
    write("11", Use{.client = 2, .vram_kib = 1, .engine_ns = "50"});
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    write("9", Use{.vram_kib = 4, .engine_ns = "3000"});
    at.read();
    EXPECT_EQ(at.counter(Quantity::gpu_time, part).count, 2000U);

    write("9", "pos:\t0\n");
    pass();

    EXPECT_EQ(at.counter(Quantity::gpu_time, part).count, 2000U);
    EXPECT_EQ(at.level(Quantity::vram_used, part).value, 1024);
}

TEST_F(FdinfoSource, does_not_count_what_a_client_did_before_it_came) {
    write("9", Use{.engine_ns = "1000"});
    ASSERT_TRUE(is_available(at.open()));
    at.read();

    write("12", Use{.client = 3, .engine_ns = "900000000000"});
    pass();

    EXPECT_EQ(at.counter(Quantity::gpu_time, part).count, 0U);
}

TEST_F(FdinfoSource, knows_that_an_owner_that_closed_the_device_uses_no_memory) {
    write("9", Use{.vram_kib = 4, .engine_ns = "1000"});
    ASSERT_TRUE(is_available(at.open()));
    at.read();

    write("9", "pos:\t0\n");
    pass();

    EXPECT_EQ(at.level(Quantity::vram_used, part).value, 0);
    EXPECT_EQ(at.counter(Quantity::gpu_time, part).count, 0U);
}

TEST_F(FdinfoSource, does_not_tell_of_strange_devices_nor_of_owners_without_any) {
    write("9", Use{.engine_ns = "1000", .device = "0000:99:00.0"});
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_TRUE(at.told.levels.empty());
    EXPECT_TRUE(at.told.counters.empty());
}

TEST_F(FdinfoSource, says_that_it_may_not_look) {
    write("9", Use{.vram_kib = 4, .engine_ns = "1000"});
    ASSERT_TRUE(is_available(at.open()));
    const std::string folder = "proc/77/fdinfo";
    at.machine.fail_reads(folder, EACCES);

    at.read();

    EXPECT_EQ(at.values(), 0U);
    EXPECT_EQ(at.level(Quantity::vram_used, part).by.origin.text(),
              "list proc/77/fdinfo: Permission denied");
    EXPECT_EQ(at.counter(Quantity::gpu_time, part).by.origin.text(),
              "list proc/77/fdinfo: Permission denied");

    at.machine.heal(folder);
    pass();
    EXPECT_EQ(at.level(Quantity::vram_used, part).value, 4096);
}

TEST_F(FdinfoSource, does_not_search_a_process_with_too_many_descriptors) {
    for (std::size_t each = 0; each < FdinfoOwner::most_descriptors; ++each) {
        write("1" + std::to_string(each), "pos:\t0\n");
    }
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_EQ(at.values(), 0U);
    EXPECT_EQ(at.level(Quantity::vram_used, part).by.origin.text(),
              "the process has more than 1024 descriptors, which are not searched for those of "
              "devices");
}

TEST_F(FdinfoSource, forgets_an_owner_that_left) {
    write("9", Use{.engine_ns = "1000"});
    ASSERT_TRUE(is_available(at.open()));
    at.source->leave(owner);
    at.read();
    EXPECT_TRUE(at.told.counters.empty());
}

TEST_F(FdinfoSource, looks_at_a_few_of_many_owners_at_a_time_and_lets_readings_hold_longer) {
    constexpr std::uint32_t many = 40;
    for (std::uint32_t each = 1; each <= many; ++each) {
        at.source->follow({.owner = {100 + each}, .pid = 1000 + each});
    }
    ASSERT_TRUE(is_available(at.open()));

    at.read();
    EXPECT_EQ(at.told.counters.size(), RoundRobin<FdinfoOwner>::most_at_once - 1)
        << "the first owner has no file of a device, and the others are gone";
    EXPECT_GE(at.told.counters.front().by.valid_for, 3 * 3 * at.source->pace().period);
    at.read();
    at.read();
    EXPECT_EQ(at.machine.touched("proc/1040/fdinfo"), 1U);
}

TEST_F(FdinfoSource, is_absent_where_no_device_has_an_address) {
    Stand other;
    other.source = make_fdinfo({});
    EXPECT_TRUE(is_absent(other.open()));
}

class KfdSysfsSource : public testing::Test {
  protected:
    KfdSysfsSource() {
        write("vram_51432", "20480\n");
        write("sdma_51432", "1500\n");
        write("stats_51432/evicted_ms", "12\n");
        write("stats_51432/cu_occupancy", "7\n");
        at.source = make_kfd_sysfs({});
        at.source->follow({.owner = owner, .pid = pid});
    }

    void write(const std::string& file, const std::string& text) {
        at.write("sys/class/kfd/kfd/proc/77/" + file, text);
    }

    void remove(const std::string& file) { at.tree.remove("sys/class/kfd/kfd/proc/77/" + file); }

    Stand at;
};

TEST_F(KfdSysfsSource, tells_memory_copies_evictions_and_units_of_an_owner) {
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_EQ(at.level(Quantity::vram_used, part).value, 20480);
    EXPECT_EQ(at.level(Quantity::vram_used, part).subject.place, place_of(owner));
    EXPECT_EQ(at.counter(Quantity::transfer_time, part).count, 1500U);
    EXPECT_EQ(at.counter(Quantity::transfer_time, part).unit, 1e-6);
    EXPECT_EQ(at.counter(Quantity::evicted_time, part).count, 12U);
    EXPECT_EQ(at.counter(Quantity::evicted_time, part).unit, 1e-3);
    EXPECT_EQ(at.level(Quantity::compute_units_used, part).value, 7);
}

TEST_F(KfdSysfsSource, leaves_out_what_no_device_has) {
    remove("stats_51432/cu_occupancy");
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_EQ(at.level(Quantity::compute_units_used, part).by.origin.text(), "was not told");
}

TEST_F(KfdSysfsSource, knows_no_sum_where_only_some_devices_have_a_file) {
    at.around.devices.push_back({.gpu = {9}, .render_path = "sys/class/drm/renderD129"});
    write("vram_9", "1\n");
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_EQ(at.level(Quantity::compute_units_used, part).value, 7);
    const LevelReading other = at.level(Quantity::compute_units_used, 9);
    EXPECT_EQ(other.value, std::nullopt);
    EXPECT_NE(other.by.origin.text(), "was not told");
}

TEST_F(KfdSysfsSource, says_that_the_driver_does_not_know_a_process_and_looks_again) {
    remove("");
    at.write("sys/class/kfd/kfd/proc/1/vram_51432", "0\n");
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_EQ(at.level(Quantity::vram_used, part).value, std::nullopt);
    EXPECT_EQ(at.level(Quantity::vram_used, part).by.origin.text(),
              "the driver tells nothing of the process in sys/class/kfd/kfd/proc/77/");

    write("vram_51432", "4096\n");
    at.now += std::chrono::seconds(2);
    at.read();
    EXPECT_EQ(at.level(Quantity::vram_used, part).value, 4096);
}

TEST_F(KfdSysfsSource, tells_nothing_old_when_the_process_is_gone) {
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    at.machine.fail_reads("sys/class/kfd/kfd/proc/77/sdma_51432", ENODEV);

    at.read();

    EXPECT_TRUE(at.stays);
    EXPECT_EQ(at.values(), 0U);
    EXPECT_EQ(at.told.levels.size() + at.told.counters.size(), 4U);
}

TEST_F(KfdSysfsSource, forgets_an_owner_that_left) {
    ASSERT_TRUE(is_available(at.open()));
    at.source->leave(owner);
    at.read();
    EXPECT_TRUE(at.told.levels.empty());
}

TEST_F(KfdSysfsSource, is_absent_without_the_driver) {
    Stand other;
    other.source = make_kfd_sysfs({});
    EXPECT_TRUE(is_absent(other.open()));
}

}  // namespace
}  // namespace penstock
