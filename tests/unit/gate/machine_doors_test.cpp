// SPDX-License-Identifier: Apache-2.0
//
// The gate's doors to the machine: memory, identity and the device.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <limits>

#include "agent/gate/owner_memory.h"
#include "agent/gate/processes.h"
#include "base/fd.h"
#include "kmod-helpers/debug_trap.h"

namespace penstock::gate {
namespace {

using testing::HasSubstr;

// glibc 2.36 declares pidfd_open() without C linkage.
int open_pidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

TEST(ProcessMemory, reads_both_pointers) {
    const std::uint64_t written = 17;
    const std::uint64_t read = 12;
    const auto memory = ProcessMemory::open(::getpid());
    ASSERT_TRUE(memory) << memory.error().message();
    const auto pointers = (*memory)->pointers(std::bit_cast<std::uintptr_t>(&written),
                                              std::bit_cast<std::uintptr_t>(&read));
    ASSERT_TRUE(pointers);
    EXPECT_EQ(pointers->written, 17U);
    EXPECT_EQ(pointers->read, 12U);
}

TEST(ProcessMemory, knows_nothing_of_addresses_that_are_not_there) {
    const std::uint64_t here = 1;
    const auto address = std::bit_cast<std::uintptr_t>(&here);
    const auto memory = ProcessMemory::open(::getpid());
    ASSERT_TRUE(memory);
    EXPECT_FALSE((*memory)->pointers(address, 8));
    EXPECT_FALSE((*memory)->pointers(8, address));
    EXPECT_FALSE((*memory)->pointers(std::numeric_limits<std::uint64_t>::max(), address));
    EXPECT_FALSE((*memory)->pointers(address, std::uint64_t{1} << 63));
}

TEST(ProcessMemory, of_a_dead_process_can_not_be_opened) {
    EXPECT_FALSE(ProcessMemory::open(std::numeric_limits<pid_t>::max()));
}

TEST(KernelProcesses, believes_a_pidfd_of_the_right_living_process) {
    KernelProcesses processes;
    const Fd self(open_pidfd(::getpid()));
    EXPECT_TRUE(processes.check(self.get(), ::getpid()));
    EXPECT_THAT(processes.check(self.get(), 1).error().message(), HasSubstr("expected 1"));
}

TEST(KernelProcesses, believes_no_other_descriptor) {
    KernelProcesses processes;
    const Fd null = *open_path("/dev/null", O_RDONLY);
    EXPECT_THAT(processes.check(null.get(), 1).error().message(), HasSubstr("not a pidfd"));
    EXPECT_FALSE(processes.check(-1, 1));
}

TEST(KernelProcesses, tells_what_a_living_process_executes) {
    KernelProcesses processes;
    const Fd self(open_pidfd(::getpid()));
    EXPECT_THAT(processes.program_of(self.get(), ::getpid()), HasSubstr("gate_test"));
    EXPECT_EQ(processes.program_of(self.get(), 1), "") << "that of another process";
    EXPECT_EQ(processes.program_of(-1, ::getpid()), "");
}

TEST(KernelProcesses, notices_the_end_before_and_after_the_parent_has) {
    KernelProcesses processes;
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    const Fd pidfd(open_pidfd(child));
    siginfo_t ended{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
    EXPECT_FALSE(processes.check(pidfd.get(), child));
    ::waitpid(child, nullptr, 0);
    EXPECT_FALSE(processes.check(pidfd.get(), child));
}

TEST(KfdDevice, says_what_is_wrong_with_the_path) {
    const auto absent = kfd::KfdDevice::open("/nonexistent/kfd");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ENOENT);
    const auto other = kfd::KfdDevice::open("/dev/null");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ENOTTY);
    EXPECT_THAT(other.error().message(), HasSubstr("/dev/null: ask its version"));
}

TEST(ReachOf, counts_what_the_driver_marked) {
    const std::array<std::uint32_t, 4> queues = {
        1, 2 | kfd::queue_invalid_bit, 3 | kfd::queue_error_bit, 4};
    const kfd::Reach reach = kfd::reach_of(queues);
    EXPECT_EQ(reach.reached, 2U);
    EXPECT_EQ(reach.unknown, 1U);
    EXPECT_EQ(reach.failed, 1U);
}

}  // namespace
}  // namespace penstock::gate
