// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "kmod-helpers/emulator/driver/plain_ioctls.h"
#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {
namespace {

constexpr std::uint32_t client = 100;

int call_raw(DriverBench& bench, std::uint32_t command, std::vector<std::byte> argument) {
    const std::size_t bytes = argument.size();
    bench.driver.call({.number = ++bench.calls,
                       .caller_tid = client,
                       .command = command,
                       .answer_bytes = bytes,
                       .argument = std::move(argument)},
                      bench.openers.at(client),
                      bench.now);
    return bench.answers.by_call.at(bench.calls).result;
}

TEST(Dispatch, tells_the_version_of_linux_6_12) {
    DriverBench bench;
    bench.open(client);
    kfd::GetVersion version;
    EXPECT_EQ(bench.call(client, kfd::Nr::get_version, version), 0);
    EXPECT_EQ(version.major, 1U);
    EXPECT_EQ(version.minor, 17U);
}

TEST(Dispatch, refuses_an_unknown_number) {
    DriverBench bench;
    bench.open(client);
    EXPECT_EQ(call_raw(bench, _IOWR('K', 0x27, int), {}), -ENOTTY);
    EXPECT_EQ(call_raw(bench, _IOWR('K', 0xff, int), {}), -ENOTTY);
}

TEST(Dispatch, ignores_the_type_of_the_command) {
    DriverBench bench;
    bench.open(client);
    EXPECT_EQ(call_raw(bench, _IOWR('X', 0x01, std::uint64_t), std::vector<std::byte>(8)), 0);
}

TEST(Dispatch, fills_a_short_argument_and_answers_in_its_size) {
    DriverBench bench;
    bench.open(client);
    EXPECT_EQ(call_raw(bench, _IOWR('K', 0x01, std::uint32_t), std::vector<std::byte>(4)), 0);
    EXPECT_EQ(bench.answers.by_call.at(bench.calls).argument.size(), 4U);
}

TEST(Dispatch, gives_back_unchanged_what_is_too_long) {
    DriverBench bench;
    bench.open(client);
    std::vector<std::byte> argument(64, std::byte{7});
    EXPECT_EQ(call_raw(bench, _IOC(_IOC_READ | _IOC_WRITE, 'K', 5U, 64U), argument), 0);
    const std::vector<std::byte>& answered = bench.answers.by_call.at(bench.calls).argument;
    ASSERT_EQ(answered.size(), 64U);
    EXPECT_EQ(answered[0], std::byte{0}) << "the clock of a device that nobody knows";
    EXPECT_EQ(answered[63], std::byte{7});
}

TEST(Dispatch, clears_the_argument_of_a_call_that_only_answers) {
    DriverBench bench;
    bench.open(client);
    std::vector<std::byte> argument(64, std::byte{7});
    EXPECT_EQ(call_raw(bench, _IOC(_IOC_READ | _IOC_WRITE, 'K', 1U, 64U), argument), 0);
    const std::vector<std::byte>& answered = bench.answers.by_call.at(bench.calls).argument;
    EXPECT_EQ(answered[0], std::byte{1});
    EXPECT_EQ(answered[63], std::byte{0});
}

TEST(Dispatch, answers_nothing_where_the_driver_writes_nothing) {
    DriverBench bench;
    bench.open(client);
    EXPECT_EQ(call_raw(bench, _IOWR('K', 0x07, std::uint64_t), std::vector<std::byte>(8)), -EFAULT);
    EXPECT_TRUE(bench.answers.by_call.at(bench.calls).argument.empty()) << "UPDATE_QUEUE";
    EXPECT_EQ(call_raw(bench, _IOWR('K', 0x27, std::uint64_t), std::vector<std::byte>(8)), -ENOTTY);
    EXPECT_TRUE(bench.answers.by_call.at(bench.calls).argument.empty());
}

TEST(Dispatch, goes_by_its_own_table_where_the_command_claims_another_direction) {
    DriverBench bench;
    bench.open(client);
    kfd::GetVersion version;
    kfd::CreateEvent event{.event_type = 3};
    const auto call = [&](std::uint32_t command, std::uint64_t address) {
        bench.driver.call(
            {.number = ++bench.calls, .caller_tid = client, .command = command, .address = address},
            bench.openers.at(client),
            bench.now);
        return bench.answers.by_call.at(bench.calls).result;
    };
    EXPECT_EQ(call(_IOC(_IOC_NONE, 'K', 1U, sizeof(version)), bench.memory.add(version)), 0);
    EXPECT_EQ(version.minor, 17U);
    EXPECT_EQ(call(_IOC(_IOC_NONE, 'K', 8U, sizeof(event)), bench.memory.add(event)), 0);
    EXPECT_EQ(event.event_id, 1U << 30) << "its type was read";
    EXPECT_EQ(call(_IOC(_IOC_NONE, 'K', 8U, sizeof(event)), 8), -EFAULT);
}

TEST(Dispatch, refuses_what_is_not_emulated_as_for_a_device_that_nobody_knows) {
    DriverBench bench;
    bench.open(client);
    const auto call = [&](std::uint32_t number, std::vector<std::byte> argument) {
        const auto bytes = static_cast<std::uint32_t>(argument.size());
        return call_raw(
            bench, _IOC(_IOC_READ | _IOC_WRITE, 'K', number, bytes), std::move(argument));
    };
    EXPECT_EQ(call(0x16, std::vector<std::byte>(40)), -EINVAL) << "ALLOC_MEMORY_OF_GPU";
    EXPECT_EQ(call(0x14, std::vector<std::byte>(16)), 0) << "no apertures";
    EXPECT_EQ(call(0x14, std::vector<std::byte>(16, std::byte{1})), -EINVAL);
    EXPECT_EQ(call(0x18, std::vector<std::byte>(24)), -EINVAL) << "no device to map to";
    EXPECT_EQ(call(0x18, std::vector<std::byte>(24, std::byte{1})), -ENOMEM);
    EXPECT_EQ(call(0x1b, std::vector<std::byte>(24)), -EFAULT);
    EXPECT_EQ(call(0x20, std::vector<std::byte>(24)), -EPERM);
    EXPECT_EQ(call(0x20, std::vector<std::byte>(23)), -EINVAL) << "too short for its attributes";
    EXPECT_EQ(call(0x21, std::vector<std::byte>(4)), -EPERM);
}

TEST(Dispatch, accepts_a_queue_of_an_older_header) {
    DriverBench bench;
    bench.open(client);
    const kfd::CreateQueue queue = bench.queue();
    std::vector<std::byte> argument(88);
    std::memcpy(argument.data(), &queue, argument.size());
    EXPECT_EQ(call_raw(bench, _IOC(_IOC_READ | _IOC_WRITE, 'K', 2U, 88U), argument), 0);
    EXPECT_EQ(bench.device->queues.size(), 1U);
}

TEST(Dispatch, does_not_know_a_child_that_inherited_the_file) {
    DriverBench bench;
    bench.open(client);
    bench.tasks.alive[101].tgid = 101;
    bench.openers[101] = bench.openers.at(client);
    kfd::GetVersion version;
    EXPECT_EQ(bench.call(101, kfd::Nr::get_version, version), -EBADF);
}

TEST(Dispatch, serves_every_thread_of_the_opener) {
    DriverBench bench;
    bench.open(client);
    bench.tasks.alive[105].tgid = client;
    bench.openers[105] = bench.openers.at(client);
    kfd::GetVersion version;
    EXPECT_EQ(bench.call(105, kfd::Nr::get_version, version), 0);
}

TEST(Dispatch, keeps_one_owner_for_all_opens_of_a_process) {
    DriverBench bench;
    bench.open(client);
    const std::uint64_t first = bench.openers.at(client);
    bench.open(client);
    EXPECT_EQ(bench.openers.at(client), first);
    EXPECT_EQ(bench.driver.owners().all().size(), 1U);
}

TEST(Dispatch, does_not_take_the_successor_of_a_dead_process_for_it) {
    DriverBench bench;
    bench.open(client);
    const std::uint64_t old_file = bench.openers.at(client);
    bench.driver.died(client, bench.now);
    bench.open(client);
    bench.openers[client] = old_file;
    kfd::GetVersion version;
    EXPECT_EQ(bench.call(client, kfd::Nr::get_version, version), -EBADF);
}

TEST(Dispatch, refuses_an_open_by_the_dead) {
    DriverBench bench;
    EXPECT_FALSE(bench.driver.open(client, bench.now));
    bench.tasks.alive[client].tgid = client;
    bench.deaths.dead.insert(client);
    EXPECT_FALSE(bench.driver.open(client, bench.now));
}

TEST(Dispatch, reads_the_clocks) {
    DriverBench bench;
    bench.open(client);
    ClockCounters clocks{.gpu_id = gpu};
    EXPECT_EQ(bench.call(client, kfd::Nr::get_clock_counters, clocks), 0);
    EXPECT_EQ(clocks.system_clock_counter, 1'000'000'000U);
    EXPECT_EQ(clocks.gpu_clock_counter, 100'000'000U);
    clocks.gpu_id = 1;
    EXPECT_EQ(bench.call(client, kfd::Nr::get_clock_counters, clocks), 0);
    EXPECT_EQ(clocks.gpu_clock_counter, 0U);
}

TEST(Dispatch, does_not_run_devices_without_a_queue) {
    DriverBench bench;
    bench.open(client);
    EXPECT_EQ(bench.driver.run(bench.now), TimePoint::max());
    EXPECT_EQ(bench.device->runs, 0);
    bench.create_queue(client);
    EXPECT_EQ(bench.driver.run(bench.now), bench.now + std::chrono::microseconds(100));
    EXPECT_EQ(bench.device->runs, 1);
}

TEST(Dispatch, runs_devices_when_something_is_due_or_changed) {
    DriverBench bench;
    bench.open(client);
    bench.create_queue(client);
    bench.driver.run(bench.now);
    bench.pass(std::chrono::microseconds(99));
    EXPECT_EQ(bench.device->runs, 1);
    bench.pass(std::chrono::microseconds(1));
    EXPECT_EQ(bench.device->runs, 2);
    bench.create_queue(client);
    bench.driver.run(bench.now);
    EXPECT_EQ(bench.device->runs, 3);
}

}  // namespace
}  // namespace penstock::emulator
