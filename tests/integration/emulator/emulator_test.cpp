// SPDX-License-Identifier: Apache-2.0
//
// The emulator as its clients meet it: real processes, real ioctls, real memory. Needs root and
// /dev/fuse.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <csignal>
#include <thread>

#include "tests/integration/emulator/client_process.h"
#include "tests/integration/emulator/emulator_stand.h"

namespace penstock::integration {
namespace {

constexpr std::uint64_t short_kernel_ns = 100'000;

class Emulator : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(stand.ready());
        ASSERT_NE(page, nullptr);
        page->clear();
        client.emplace(stand.device());
        debugger.emplace(stand.device());
    }

    std::string row(const std::string& below) const {
        return "sys/class/kfd/kfd/proc/" + std::to_string(client->pid()) + "/" + below;
    }

    int enable_runtime() {
        kfd::RuntimeEnable argument{.mode_mask = kfd::runtime_enable_mode_enable};
        return client->call(kfd::Nr::runtime_enable, argument);
    }

    int create_queue() {
        kfd::CreateQueue argument = page->queue_on(stand.gpu_id());
        const int result = client->call(kfd::Nr::create_queue, argument);
        number = argument.queue_id;
        doorbell = argument.doorbell_offset;
        return result;
    }

    kfd::DebugTrap operation(kfd::DebugOp op) const {
        return {.pid = static_cast<std::uint32_t>(client->pid()),
                .op = static_cast<std::uint32_t>(op),
                .words = {}};
    }

    int trap(kfd::DebugTrap argument) { return debugger->call(kfd::Nr::debug_trap, argument); }

    int enable_debug() {
        kfd::DebugTrap argument = operation(kfd::DebugOp::enable);
        argument.enable = {.exception_mask = ~0ULL,
                           .rinfo_ptr = std::bit_cast<std::uint64_t>(&page->runtime),
                           .rinfo_size = sizeof(page->runtime),
                           .dbg_fd = debugger->pipe_number()};
        return trap(argument);
    }

    int suspend() {
        page->ids[0] = number;
        kfd::DebugTrap argument = operation(kfd::DebugOp::suspend_queues);
        argument.suspend_queues.queue_array_ptr = std::bit_cast<std::uint64_t>(page->ids.data());
        argument.suspend_queues.num_queues = 1;
        return trap(argument);
    }

    int resume() {
        page->ids[0] = number;
        kfd::DebugTrap argument = operation(kfd::DebugOp::resume_queues);
        argument.resume_queues = {.queue_array_ptr = std::bit_cast<std::uint64_t>(page->ids.data()),
                                  .num_queues = 1};
        return trap(argument);
    }

    int take_snapshot() {
        kfd::DebugTrap argument = operation(kfd::DebugOp::get_queue_snapshot);
        argument.queue_snapshot = {
            .exception_mask = kfd::exception_queue_new,
            .snapshot_buf_ptr = std::bit_cast<std::uint64_t>(page->entries.data()),
            .num_queues = 8,
            .entry_size = sizeof(page->entries[0])};
        return trap(argument);
    }

    int answer_runtime() {
        kfd::DebugTrap argument = operation(kfd::DebugOp::send_runtime_event);
        argument.send_runtime_event.exception_mask = kfd::exception_process_runtime;
        return trap(argument);
    }

    bool kernel_ends() const {
        return becomes([this] { return std::atomic_ref(page->signal.value).load() == 0; });
    }

    // Half a second is thousands of times as long as the kernel.
    bool kernel_stands_still() const {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        return std::atomic_ref(page->signal.value).load() == 1;
    }

    // A queue of a process with a runtime, suspended by its debugger.
    void suspend_a_queue() {
        ASSERT_EQ(enable_runtime(), 0);
        ASSERT_EQ(create_queue(), 0);
        ASSERT_EQ(debugger->trace(client->pid()), 0);
        ASSERT_EQ(enable_debug(), 0);
        ASSERT_EQ(suspend(), 1);
    }

    SharedPage* page = SharedPage::map();  // Before the clients, who inherit it.
    EmulatorStand stand{{"--permission=traced"}};
    std::optional<ClientProcess> client;
    std::optional<ClientProcess> debugger;
    std::uint32_t number = 0;
    std::uint64_t doorbell = 0;
};

TEST_F(Emulator, tells_its_version) {
    kfd::GetVersion version;
    EXPECT_EQ(client->call(kfd::Nr::get_version, version), 0);
    EXPECT_EQ(version.major, 1U);
    EXPECT_EQ(version.minor, 17U);
}

TEST_F(Emulator, shows_queues_while_they_exist) {
    ASSERT_EQ(create_queue(), 0);
    EXPECT_EQ(stand.content(row("queues/0/gpuid")), std::to_string(stand.gpu_id()));
    EXPECT_EQ(stand.content(row("queues/0/type")), "0");
    EXPECT_EQ(stand.content(row("queues/0/size")), std::to_string(sizeof(page->ring)));
    EXPECT_TRUE(stand.exists(row("vram_" + std::to_string(stand.gpu_id()))));
    kfd::DestroyQueue argument{.queue_id = number};
    EXPECT_EQ(client->call(kfd::Nr::destroy_queue, argument), 0);
    EXPECT_FALSE(stand.exists(row("queues/0")));
    EXPECT_TRUE(stand.exists(row("queues")));
}

TEST_F(Emulator, forgets_a_process_that_died) {
    ASSERT_EQ(create_queue(), 0);
    const std::string queue = row("queues/0");
    client->kill();
    EXPECT_TRUE(becomes([&] { return !stand.exists(queue); }));
}

TEST_F(Emulator, does_not_know_who_inherited_the_file) {
    const Fd ours(::open(stand.device().c_str(), O_RDWR | O_CLOEXEC));
    ClientProcess child("", ours.get());
    kfd::GetVersion version;
    EXPECT_EQ(child.call(kfd::Nr::get_version, version), -EBADF);
}

TEST_F(Emulator, executes_a_kernel_and_signals_its_end) {
    ASSERT_EQ(create_queue(), 0);
    page->submit(short_kernel_ns);
    EXPECT_TRUE(kernel_ends());
    EXPECT_TRUE(becomes([this] { return std::atomic_ref(page->read).load() == 1; }));
    EXPECT_NE(stand.content("emulator/counters").find("kernels 1\n"), std::string::npos);
    EXPECT_NE(stand.content("emulator/counters").find("dram_read_bytes 1000\n"), std::string::npos);
}

TEST_F(Emulator, wakes_who_waits_for_a_signal) {
    kfd::CreateEvent event{.auto_reset = 1};
    ASSERT_EQ(client->call(kfd::Nr::create_event, event), 0);
    page->signal = {.event_mailbox_ptr = std::bit_cast<std::uint64_t>(&page->mailbox),
                    .event_id = event.event_id};
    ASSERT_EQ(create_queue(), 0);
    page->event = {.event_id = event.event_id};
    client->begin(kfd::Nr::wait_events,
                  kfd::WaitEvents{.events_ptr = std::bit_cast<std::uint64_t>(&page->event),
                                  .num_events = 1,
                                  .timeout = 0xffffffff});
    EXPECT_EQ(client->result(50), std::nullopt);
    page->submit(short_kernel_ns);
    EXPECT_EQ(client->result(5000), 0);
}

TEST_F(Emulator, lets_a_wait_time_out) {
    kfd::CreateEvent event;
    ASSERT_EQ(client->call(kfd::Nr::create_event, event), 0);
    page->event = {.event_id = event.event_id};
    kfd::WaitEvents argument{
        .events_ptr = std::bit_cast<std::uint64_t>(&page->event), .num_events = 1, .timeout = 20};
    EXPECT_EQ(client->call(kfd::Nr::wait_events, argument), 0);
    EXPECT_EQ(argument.wait_result, 1U);
}

TEST_F(Emulator, is_debugged_by_the_tracer_alone) {
    EXPECT_EQ(enable_debug(), -EPERM);
    ASSERT_EQ(debugger->trace(client->pid()), 0);
    EXPECT_EQ(enable_debug(), 0);
    EXPECT_EQ(enable_debug(), -EALREADY);
    ASSERT_EQ(debugger->stop_tracing(client->pid()), 0);
    EXPECT_EQ(take_snapshot(), -EPERM);
}

TEST_F(Emulator, refuses_a_debugger_without_a_pipe) {
    ASSERT_EQ(debugger->trace(client->pid()), 0);
    kfd::DebugTrap argument = operation(kfd::DebugOp::enable);
    argument.enable.dbg_fd = 12345;
    EXPECT_EQ(trap(argument), -EBADF);
}

TEST_F(Emulator, suspends_nothing_of_a_process_without_a_runtime) {
    ASSERT_EQ(create_queue(), 0);
    ASSERT_EQ(debugger->trace(client->pid()), 0);
    ASSERT_EQ(enable_debug(), 0);
    EXPECT_EQ(suspend(), -EPERM);
    EXPECT_EQ(take_snapshot(), 0);
    EXPECT_EQ(page->entries[0].ring_base_address, std::bit_cast<std::uint64_t>(page->ring.data()));
}

TEST_F(Emulator, stops_and_continues_a_queue) {
    suspend_a_queue();
    page->submit(short_kernel_ns);
    EXPECT_TRUE(kernel_stands_still());
    EXPECT_EQ(resume(), 1);
    EXPECT_TRUE(kernel_ends());
}

TEST_F(Emulator, suspends_a_new_queue_only_after_a_snapshot) {
    ASSERT_EQ(enable_runtime(), 0);
    ASSERT_EQ(debugger->trace(client->pid()), 0);
    ASSERT_EQ(enable_debug(), 0);
    ASSERT_EQ(create_queue(), 0);
    EXPECT_EQ(debugger->pipe_bytes(), 1);
    EXPECT_EQ(suspend(), 0);
    EXPECT_EQ(page->ids[0], number | kfd::queue_invalid_bit);
    EXPECT_EQ(take_snapshot(), 0);
    EXPECT_EQ(suspend(), 1);
}

TEST_F(Emulator, resumes_what_a_killed_debugger_had_suspended) {
    suspend_a_queue();
    page->submit(short_kernel_ns);
    ASSERT_TRUE(kernel_stands_still());
    const auto killed = std::chrono::steady_clock::now();
    debugger->kill();
    EXPECT_TRUE(kernel_ends());
    EXPECT_LT(std::chrono::steady_clock::now() - killed, std::chrono::seconds(1));
}

TEST_F(Emulator, holds_a_starting_runtime_until_its_debugger_answers) {
    ASSERT_EQ(debugger->trace(client->pid()), 0);
    ASSERT_EQ(enable_debug(), 0);
    client->begin(kfd::Nr::runtime_enable,
                  kfd::RuntimeEnable{.mode_mask = kfd::runtime_enable_mode_enable});
    EXPECT_TRUE(becomes([this] { return debugger->pipe_bytes() == 1; }));
    EXPECT_EQ(client->result(50), std::nullopt);
    EXPECT_EQ(answer_runtime(), 0);
    EXPECT_EQ(client->result(5000), 0);
}

TEST_F(Emulator, survives_a_client_that_dies_in_a_call) {
    ASSERT_EQ(debugger->trace(client->pid()), 0);
    ASSERT_EQ(enable_debug(), 0);
    client->begin(kfd::Nr::runtime_enable,
                  kfd::RuntimeEnable{.mode_mask = kfd::runtime_enable_mode_enable});
    ASSERT_TRUE(becomes([this] { return debugger->pipe_bytes() == 1; }));
    const std::string owner = row("queues");
    ::kill(client->pid(), SIGKILL);  // Not waited for: its tracer has to, first.
    EXPECT_TRUE(becomes([&] { return !stand.exists(owner); }));
}

TEST_F(Emulator, destroys_a_suspended_queue_when_it_is_resumed) {
    suspend_a_queue();
    client->begin(kfd::Nr::destroy_queue, kfd::DestroyQueue{.queue_id = number});
    EXPECT_EQ(client->result(50), std::nullopt);
    EXPECT_EQ(resume(), 1);
    EXPECT_EQ(client->result(5000), 0);
}

TEST_F(Emulator, lets_clients_map_their_doorbells) {
    ASSERT_EQ(create_queue(), 0);
    const int mapped = client->map_doorbell(doorbell);
    if (mapped == -ENODEV) {
        GTEST_SKIP() << "the kernel passes no FUSE mappings through";
    }
    EXPECT_EQ(mapped, 0);
}

TEST_F(Emulator, unmounts_at_its_end_and_releases_its_clients) {
    kfd::CreateEvent event;
    ASSERT_EQ(client->call(kfd::Nr::create_event, event), 0);
    page->event = {.event_id = event.event_id};
    client->begin(kfd::Nr::wait_events,
                  kfd::WaitEvents{.events_ptr = std::bit_cast<std::uint64_t>(&page->event),
                                  .num_events = 1,
                                  .timeout = 0xffffffff});
    EXPECT_EQ(client->result(50), std::nullopt);
    stand.kill(SIGTERM);
    EXPECT_FALSE(stand.mounted());
    EXPECT_LT(client->result(5000).value_or(0), 0);
}

TEST_F(Emulator, takes_the_place_of_one_that_was_killed) {
    stand.kill(SIGKILL);
    stand.start();
    EXPECT_TRUE(stand.ready());
    ClientProcess fresh(stand.device());
    kfd::GetVersion version;
    EXPECT_EQ(fresh.call(kfd::Nr::get_version, version), 0);
}

TEST(NewerEmulator, lets_the_debugger_go_on_untraced) {
    EmulatorStand stand;
    ASSERT_TRUE(stand.ready());
    ClientProcess client(stand.device());
    ClientProcess debugger(stand.device());
    ASSERT_EQ(debugger.trace(client.pid()), 0);
    kfd::DebugTrap argument{.pid = static_cast<std::uint32_t>(client.pid()),
                            .op = static_cast<std::uint32_t>(kfd::DebugOp::enable),
                            .words = {}};
    argument.enable.dbg_fd = debugger.pipe_number();
    EXPECT_EQ(debugger.call(kfd::Nr::debug_trap, argument), 0);
    ASSERT_EQ(debugger.stop_tracing(client.pid()), 0);
    argument.op = static_cast<std::uint32_t>(kfd::DebugOp::disable);
    EXPECT_EQ(debugger.call(kfd::Nr::debug_trap, argument), 0);
    EXPECT_EQ(debugger.call(kfd::Nr::debug_trap, argument), -EPERM);
}

}  // namespace
}  // namespace penstock::integration
