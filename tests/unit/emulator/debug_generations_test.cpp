// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

constexpr std::uint32_t other_target = 101;
constexpr auto enabled = static_cast<std::uint32_t>(kfd::RuntimeState::enabled);
constexpr auto busy = static_cast<std::uint32_t>(kfd::RuntimeState::enabled_busy);

// Two processes with a runtime, traced by one debugger, on one device of the generation.
class GenerationBench : public DebugBench {
  public:
    explicit GenerationBench(std::uint32_t gfx_target_version)
        : DebugBench(DriverSettings{}, {of_generation(gfx_target_version)}) {
        open(debugger);
        for (const std::uint32_t tgid : {target, other_target}) {
            open(tgid);
            tasks.alive[tgid].tracer_tid = debugger;
        }
    }

    void start_runtime(std::uint32_t tgid) {
        kfd::RuntimeEnable argument{.mode_mask = kfd::runtime_enable_mode_enable};
        begin(tgid, kfd::Nr::runtime_enable, argument);
    }

    // The runtime's state that ENABLE tells, or its errno.
    int enable_debug(std::uint32_t tgid) {
        kfd::DebugTrap argument = operation(kfd::DebugOp::enable);
        argument.pid = tgid;
        argument.enable = {.rinfo_ptr = memory.add(runtime),
                           .rinfo_size = sizeof(runtime),
                           .dbg_fd = FakeFiles::pipe_number};
        const int result = trap(argument);
        return result == 0 ? static_cast<int>(runtime.runtime_state) : result;
    }

    int disable_debug(std::uint32_t tgid) {
        kfd::DebugTrap argument = operation(kfd::DebugOp::disable);
        argument.pid = tgid;
        return trap(argument);
    }

    int mask(std::uint32_t bits) {
        kfd::SetCuMask argument{
            .queue_id = 0, .num_cu_mask = 32, .cu_mask_ptr = memory.add(mask_bits)};
        mask_bits = bits;
        return call(target, kfd::Nr::set_cu_mask, argument);
    }

    std::uint32_t mask_bits = 0;
};

TEST(SingleDebugVmid, is_busy_for_a_second_process) {
    for (const std::uint32_t generation : {90006U, 90008U, 100100U, 100300U}) {
        GenerationBench bench(generation);
        bench.start_runtime(target);
        bench.start_runtime(other_target);
        EXPECT_EQ(bench.enable_debug(target), enabled);
        EXPECT_EQ(bench.enable_debug(other_target), busy) << generation;
        EXPECT_EQ(bench.disable_debug(target), 0);
        EXPECT_EQ(bench.disable_debug(other_target), 0);
        EXPECT_EQ(bench.enable_debug(other_target), enabled) << "a failure is forgotten";
    }
}

TEST(SingleDebugVmid, is_taken_only_once_the_runtime_is_there) {
    GenerationBench bench(90006);
    EXPECT_EQ(bench.enable_debug(target), 0);
    bench.start_runtime(other_target);
    EXPECT_EQ(bench.enable_debug(other_target), enabled);
    bench.start_runtime(target);
    EXPECT_EQ(bench.driver.owners().find(target)->runtime.runtime_state, busy);
    EXPECT_EQ(bench.suspend({}), -EPERM);
}

TEST(SingleDebugVmid, is_free_again_when_its_process_dies) {
    GenerationBench bench(90006);
    bench.start_runtime(target);
    bench.start_runtime(other_target);
    bench.enable_debug(target);
    bench.driver.died(target, bench.now);
    EXPECT_EQ(bench.enable_debug(other_target), enabled);
}

TEST(DebugVmids, are_enough_on_newer_devices) {
    for (const std::uint32_t generation : {90010U, 90402U, 110000U, 110500U, 120001U}) {
        GenerationBench bench(generation);
        bench.start_runtime(target);
        bench.start_runtime(other_target);
        EXPECT_EQ(bench.enable_debug(target), enabled);
        EXPECT_EQ(bench.enable_debug(other_target), enabled) << generation;
    }
}

TEST(OldDevices, can_not_be_debugged) {
    GenerationBench bench(80003);
    EXPECT_EQ(bench.enable_debug(target), -ENODEV);
}

TEST(Rdna3, lends_half_of_its_units_while_debugged) {
    GenerationBench bench(110000);
    const std::uint32_t all = DeviceSettings{}.compute_units;
    bench.start_runtime(target);
    bench.create_queue(target);
    EXPECT_EQ(bench.enable_debug(target), enabled);
    EXPECT_EQ(bench.device->enabled_units.at({target, 0}), all / 2);
    bench.create_queue(target);
    EXPECT_EQ(bench.device->enabled_units.at({target, 1}), all / 2);
    EXPECT_EQ(bench.mask(0xff), -EBUSY);
    bench.disable_debug(target);
    EXPECT_EQ(bench.device->enabled_units.at({target, 0}), all);
    EXPECT_EQ(bench.mask(0xff), 0);
}

TEST(Rdna3, is_busy_when_a_queue_has_its_own_mask) {
    GenerationBench bench(110003);
    bench.start_runtime(target);
    bench.create_queue(target);
    EXPECT_EQ(bench.mask(0xff), 0);
    EXPECT_EQ(bench.enable_debug(target), busy);
}

TEST(Rdna35, lends_all_of_its_units) {
    GenerationBench bench(110500);
    bench.start_runtime(target);
    bench.create_queue(target);
    bench.enable_debug(target);
    EXPECT_TRUE(bench.device->enabled_units.empty());
    EXPECT_EQ(bench.mask(0xff), 0);
}

TEST(CuMasks, must_name_pairs_from_gfx10_on) {
    GenerationBench rdna(100100);
    rdna.create_queue(target);
    EXPECT_EQ(rdna.mask(0b0111), -EINVAL);
    EXPECT_EQ(rdna.mask(0b0110), -EINVAL);
    EXPECT_EQ(rdna.mask(0b1100), 0);
    GenerationBench cdna(90402);
    cdna.create_queue(target);
    EXPECT_EQ(cdna.mask(0b0111), 0);
}

TEST(Enable, in_vain_takes_a_session_over) {
    GenerationBench bench(110500);
    bench.open(600);
    bench.enable_debug(target);
    bench.tasks.alive[target].tracer_tid = 600;
    EXPECT_EQ(bench.enable(0, 600), -EALREADY);
    EXPECT_EQ(bench.trap(kfd::DebugOp::get_queue_snapshot), -EPERM);
}

}  // namespace
}  // namespace penstock::emulator
