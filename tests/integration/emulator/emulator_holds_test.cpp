// SPDX-License-Identifier: Apache-2.0
//
// What holds queues beside a well-behaved debugger: evictions through a process' own file, and
// hardware that fails on demand. Needs root and /dev/fuse.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/pidfd.h"
#include "tests/integration/emulator/client_process.h"
#include "tests/integration/emulator/emulator_stand.h"

namespace penstock::integration {
namespace {

constexpr std::uint64_t short_kernel_ns = 100'000;

// A second reference to the file by which the process reaches the driver.
Fd file_of(pid_t pid, const std::string& device) {
    const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::error_code gone;
        if (std::filesystem::read_symlink(entry.path(), gone) == device) {
            const Result<Fd> process = open_pidfd(pid);
            Result<Fd> file = duplicate_from(*process, std::stoi(entry.path().filename()));
            return file ? std::move(*file) : Fd();
        }
    }
    return Fd();
}

class EmulatorHolds : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(stand.ready());
        page->clear();
        client.emplace(stand.device());
    }

    void create_queue() {
        kfd::RuntimeEnable runtime{.mode_mask = kfd::runtime_enable_mode_enable};
        ASSERT_EQ(client->call(kfd::Nr::runtime_enable, runtime), 0);
        kfd::CreateQueue argument = page->queue_on(stand.gpu_id());
        ASSERT_EQ(client->call(kfd::Nr::create_queue, argument), 0);
    }

    bool inject(const std::string& line) const {
        std::ofstream file(stand.directory() + "/emulator/faults");
        file << line << std::flush;
        return file.good();
    }

    bool counts(const std::string& line) const {
        return stand.content("emulator/counters").find(line + "\n") != std::string::npos;
    }

    bool kernel_ends() const {
        return becomes([this] { return std::atomic_ref(page->signal.value).load() == 0; });
    }

    kfd::DebugTrap operation(kfd::DebugOp op) const {
        return {.pid = static_cast<std::uint32_t>(client->pid()),
                .op = static_cast<std::uint32_t>(op),
                .words = {}};
    }

    void attach(ClientProcess& debugger) const {
        ASSERT_EQ(debugger.trace(client->pid()), 0);
        kfd::DebugTrap argument = operation(kfd::DebugOp::enable);
        argument.enable.dbg_fd = debugger.pipe_number();
        ASSERT_EQ(debugger.call(kfd::Nr::debug_trap, argument), 0);
    }

    kfd::DebugTrap suspension() const {
        kfd::DebugTrap argument = operation(kfd::DebugOp::suspend_queues);
        page->ids[0] = 0;
        argument.suspend_queues.queue_array_ptr = std::bit_cast<std::uint64_t>(page->ids.data());
        argument.suspend_queues.num_queues = 1;
        return argument;
    }

    SharedPage* page = SharedPage::map();  // Before the clients, who inherit it.
    EmulatorStand stand;
    std::optional<ClientProcess> client;
};

int criu(ClientProcess& caller, kfd::CriuOp op) {
    kfd::Criu argument{.op = static_cast<std::uint32_t>(op)};
    return caller.call(kfd::Nr::criu_op, argument);
}

TEST_F(EmulatorHolds, evict_a_process_through_its_own_file_for_its_tracer) {
    create_queue();
    const Fd stolen = file_of(client->pid(), stand.device());
    ASSERT_TRUE(stolen);
    ClientProcess agent("", stolen.get());
    EXPECT_EQ(criu(agent, kfd::CriuOp::process_info), -EBADF);
    ASSERT_EQ(agent.trace(client->pid()), 0);
    EXPECT_EQ(criu(agent, kfd::CriuOp::unpause), -EINVAL);
    EXPECT_EQ(criu(agent, kfd::CriuOp::process_info), 0);
    page->submit(short_kernel_ns);
    EXPECT_TRUE(counts("evicted_queues 1"));
    EXPECT_EQ(std::atomic_ref(page->signal.value).load(), 1);
    EXPECT_EQ(criu(agent, kfd::CriuOp::unpause), 0);
    EXPECT_TRUE(kernel_ends());
}

TEST_F(EmulatorHolds, outlive_a_killed_agent_when_they_are_evictions) {
    create_queue();
    const Fd stolen = file_of(client->pid(), stand.device());
    ASSERT_TRUE(stolen);
    {
        ClientProcess agent("", stolen.get());
        ASSERT_EQ(agent.trace(client->pid()), 0);
        ASSERT_EQ(criu(agent, kfd::CriuOp::process_info), 0);
        agent.kill();
    }
    EXPECT_TRUE(counts("evicted_queues 1"));
    ClientProcess next("", stolen.get());
    ASSERT_EQ(next.trace(client->pid()), 0);
    EXPECT_EQ(criu(next, kfd::CriuOp::unpause), 0);
    EXPECT_TRUE(counts("evicted_queues 0"));
}

TEST_F(EmulatorHolds, hang_for_as_long_as_the_hardware_until_the_caller_is_killed) {
    create_queue();
    ClientProcess debugger(stand.device());
    attach(debugger);
    ASSERT_TRUE(inject("suspend-slow 1 9000\n"));
    debugger.begin(kfd::Nr::debug_trap, suspension());
    EXPECT_EQ(debugger.result(100), std::nullopt);
    EXPECT_EQ(stand.content("emulator/faults"), "");
    debugger.kill();
    EXPECT_TRUE(becomes([this] { return counts("suspended_queues 0"); }));
    page->submit(short_kernel_ns);
    EXPECT_TRUE(kernel_ends());
}

TEST_F(EmulatorHolds, are_nothing_to_a_reset_device) {
    create_queue();
    EXPECT_FALSE(inject("reset 1\n"));
    ASSERT_TRUE(inject("reset " + std::to_string(stand.gpu_id()) + "\n"));
    EXPECT_TRUE(counts("resets 1"));
    page->submit(short_kernel_ns);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(std::atomic_ref(page->signal.value).load(), 1);
    page->clear();
    client.emplace(stand.device());
    create_queue();
    page->submit(short_kernel_ns);
    EXPECT_TRUE(kernel_ends());
}

TEST(EmulatorKernel61, has_no_debugging_and_says_so) {
    EmulatorStand stand({"--kernel=6.1", "--sched-policy=1"});
    ASSERT_TRUE(stand.ready());
    ClientProcess client(stand.device());
    kfd::GetVersion version;
    EXPECT_EQ(client.call(kfd::Nr::get_version, version), 0);
    EXPECT_EQ(version.minor, 11U);
    kfd::DebugTrap trap{.pid = static_cast<std::uint32_t>(client.pid()), .op = 0, .words = {}};
    EXPECT_EQ(client.call(kfd::Nr::debug_trap, trap), -ENOTTY);
    EXPECT_EQ(stand.content("sys/module/amdgpu/parameters/sched_policy"), "1\n");
}

}  // namespace
}  // namespace penstock::integration
