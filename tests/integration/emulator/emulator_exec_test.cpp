// SPDX-License-Identifier: Apache-2.0
//
// A client that executes another program is a new one for the driver. Needs root and /dev/fuse.

#include <gtest/gtest.h>

#include <bit>
#include <cerrno>

#include "tests/integration/emulator/client_process.h"
#include "tests/integration/emulator/emulator_stand.h"

namespace penstock::integration {
namespace {

class EmulatorExec : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(stand.ready());
        page->clear();
        client.emplace(stand.device());
        ASSERT_EQ(enable_runtime(), 0);
        ASSERT_EQ(create_queue(), 0);
        ASSERT_EQ(create_queue(), 1);
    }

    int enable_runtime() {
        kfd::RuntimeEnable argument{.mode_mask = kfd::runtime_enable_mode_enable};
        return client->call(kfd::Nr::runtime_enable, argument);
    }

    // Its number, or a negative errno.
    int create_queue() {
        kfd::CreateQueue argument = page->queue_on(stand.gpu_id());
        const int result = client->call(kfd::Nr::create_queue, argument);
        return result < 0 ? result : static_cast<int>(argument.queue_id);
    }

    bool lists(const std::string& below) const {
        return stand.exists("sys/class/kfd/kfd/proc/" + std::to_string(client->pid()) + below);
    }

    SharedPage* page = SharedPage::map();  // Before the client, who inherits it.
    EmulatorStand stand;
    std::optional<ClientProcess> client;
};

TEST_F(EmulatorExec, ends_the_queues_and_lets_the_next_program_start_anew) {
    ASSERT_EQ(client->execute(stand.device(), page), 0);
    EXPECT_FALSE(lists("/queues/0"));
    EXPECT_FALSE(lists("/queues/1"));
    EXPECT_EQ(enable_runtime(), 0);
    EXPECT_EQ(create_queue(), 0);
    EXPECT_TRUE(lists("/queues/0"));
    EXPECT_FALSE(lists("/queues/1"));
}

TEST_F(EmulatorExec, leaves_an_inherited_file_that_is_good_for_nothing) {
    ASSERT_EQ(client->execute("", page), 0);
    EXPECT_TRUE(becomes([this] { return !lists(""); })) << "without any call";
    kfd::GetVersion version;
    EXPECT_EQ(client->call(kfd::Nr::get_version, version), -EBADF);
}

TEST_F(EmulatorExec, ends_the_debuggers_session) {
    ClientProcess debugger(stand.device());
    ASSERT_EQ(debugger.trace(client->pid()), 0);
    kfd::DebugTrap argument{.pid = static_cast<std::uint32_t>(client->pid()),
                            .op = static_cast<std::uint32_t>(kfd::DebugOp::enable),
                            .words = {}};
    argument.enable.dbg_fd = debugger.pipe_number();
    ASSERT_EQ(debugger.call(kfd::Nr::debug_trap, argument), 0);
    ASSERT_EQ(debugger.stop_tracing(client->pid()), 0);
    ASSERT_EQ(client->execute("", page), 0);
    argument.op = static_cast<std::uint32_t>(kfd::DebugOp::disable);
    EXPECT_EQ(debugger.call(kfd::Nr::debug_trap, argument), -ESRCH);
}

}  // namespace
}  // namespace penstock::integration
