// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/queue_discovery.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <optional>

#include "agent/probes/queues/queue_record.h"
#include "kmod-helpers/abi/kfd_ioctl.h"
#include "tests/bpf/fuse_device.h"

namespace penstock {
namespace {

constexpr int patience_ms = 5000;

kfd::CreateQueue some_queue() {
    kfd::CreateQueue queue{};
    queue.ring_base_address = 0x100000;
    queue.write_pointer_address = 0x200038;
    queue.read_pointer_address = 0x200080;
    queue.ring_size = 4096;
    queue.gpu_id = 4711;
    queue.queue_type = kfd::queue_type_compute_aql;
    return queue;
}

class QueueDiscoveryTest : public testing::Test {
  protected:
    void SetUp() override {
        auto device = test::FuseDevice::mount();
        ASSERT_TRUE(device) << device.error().message();
        device_.emplace(std::move(*device));
        auto discovery = QueueDiscovery::open(device_->path(), {});
        ASSERT_TRUE(discovery) << discovery.error().message();
        discovery_.emplace(std::move(*discovery));
        auto file = open_path(device_->path(), O_RDWR);
        ASSERT_TRUE(file) << file.error().message();
        file_ = std::move(*file);
    }

    int call(unsigned type, kfd::Nr nr, unsigned size, void* argument) const {
        const auto request = _IOC(_IOC_READ | _IOC_WRITE, type, static_cast<unsigned>(nr), size);
        return ::ioctl(file_.get(), request, argument);
    }

    std::vector<queue_event> take() {
        pollfd ready{.fd = discovery_->fd(), .events = POLLIN, .revents = 0};
        ::poll(&ready, 1, patience_ms);
        return discovery_->take();
    }

    // Events are in the ring before the call returns, so there is nothing to wait for.
    std::vector<queue_event> take_at_once() { return discovery_->take(); }

    std::optional<test::FuseDevice> device_;
    std::optional<QueueDiscovery> discovery_;
    Fd file_;
};

TEST_F(QueueDiscoveryTest, sees_a_queue_created_and_destroyed) {
    kfd::CreateQueue queue = some_queue();
    ASSERT_EQ(call('K', kfd::Nr::create_queue, sizeof(queue), &queue), 0);
    kfd::DestroyQueue gone{.queue_id = queue.queue_id};
    ASSERT_EQ(call('K', kfd::Nr::destroy_queue, sizeof(gone), &gone), 0);

    const auto events = take();

    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].kind, QUEUE_EVENT_CREATED);
    EXPECT_EQ(events[0].tgid, static_cast<std::uint32_t>(::getpid()));
    EXPECT_EQ(events[0].queue_number, test::FuseDevice::queue_number);
    EXPECT_EQ(events[0].ring_address, queue.ring_base_address);
    EXPECT_EQ(events[0].write_address, queue.write_pointer_address);
    EXPECT_EQ(events[0].read_address, queue.read_pointer_address);
    EXPECT_EQ(events[0].ring_bytes, queue.ring_size);
    EXPECT_EQ(events[0].gpu_id, queue.gpu_id);
    EXPECT_EQ(queue_type_of(events[0]), QueueType::compute_aql);
    EXPECT_EQ(events[1].kind, QUEUE_EVENT_DESTROYED);
    EXPECT_EQ(events[1].queue_number, test::FuseDevice::queue_number);
    EXPECT_EQ(events[1].ring_address, 0U);
    EXPECT_GE(events[1].ns, events[0].ns);
}

TEST_F(QueueDiscoveryTest, names_the_child_that_created_it) {
    const pid_t child = ::fork();
    if (child == 0) {
        kfd::CreateQueue queue = some_queue();
        ::_exit(call('K', kfd::Nr::create_queue, sizeof(queue), &queue) == 0 ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);

    const auto events = take();

    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].tgid, static_cast<std::uint32_t>(child));
}

TEST_F(QueueDiscoveryTest, names_a_process_in_a_container_by_the_number_seen_from_here) {
    // The grandchild is number 1 in a pid namespace of its own and answers with its number here,
    // which only its parent knows.
    const pid_t child = ::fork();
    if (child == 0) {
        const bool apart = ::unshare(CLONE_NEWPID) == 0;
        const pid_t contained = apart ? ::fork() : -1;
        if (contained == 0) {
            kfd::CreateQueue queue = some_queue();
            queue.gpu_id = static_cast<std::uint32_t>(::getpid());
            ::_exit(call('K', kfd::Nr::create_queue, sizeof(queue), &queue) == 0 ? 0 : 1);
        }
        int status = 1;
        ::waitpid(contained, &status, 0);
        kfd::DestroyQueue said{.queue_id = static_cast<std::uint32_t>(contained)};
        ::_exit(status == 0 && call('K', kfd::Nr::destroy_queue, sizeof(said), &said) == 0 ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);

    const auto events = take();

    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].gpu_id, 1U);  // As it sees itself.
    EXPECT_EQ(events[0].tgid, events[1].queue_number);
    EXPECT_EQ(events[1].tgid, static_cast<std::uint32_t>(child));
}

TEST_F(QueueDiscoveryTest, serves_every_header_version_and_type_letter) {
    struct Variant {
        unsigned type;
        unsigned size;
    };

    // 56 ends with queue_id, 88 is Linux 6.1, 96 is 6.12, 128 does not exist yet.
    constexpr std::array variants{
        Variant{'K', 56}, Variant{'K', 88}, Variant{'K', 96}, Variant{'X', 96}, Variant{0, 128}};
    for (const Variant& variant : variants) {
        std::array<std::byte, 128> argument{};
        const kfd::CreateQueue queue = some_queue();
        std::memcpy(argument.data(), &queue, sizeof(queue));
        ASSERT_EQ(call(variant.type, kfd::Nr::create_queue, variant.size, argument.data()), 0);

        const auto events = take();

        ASSERT_EQ(events.size(), 1U) << variant.size;
        EXPECT_EQ(events[0].write_address, queue.write_pointer_address) << variant.size;
        EXPECT_EQ(events[0].queue_number, test::FuseDevice::queue_number) << variant.size;
    }
    EXPECT_EQ(discovery_->unreadable(), 0U);
}

TEST_F(QueueDiscoveryTest, counts_an_argument_too_short_to_name_the_queue) {
    std::array<std::byte, 40> argument{};
    ASSERT_EQ(call('K', kfd::Nr::create_queue, argument.size(), argument.data()), 0);

    EXPECT_TRUE(take_at_once().empty());
    EXPECT_EQ(discovery_->unreadable(), 1U);
}

TEST_F(QueueDiscoveryTest, keeps_silent_about_refused_calls_other_calls_and_other_files) {
    kfd::CreateQueue queue = some_queue();
    queue.ring_base_address = test::FuseDevice::refused;
    EXPECT_EQ(call('K', kfd::Nr::create_queue, sizeof(queue), &queue), -1);
    kfd::UpdateQueue update{};
    EXPECT_EQ(call('K', kfd::Nr::update_queue, sizeof(update), &update), 0);
    // RNDADDENTROPY has DESTROY_QUEUE's number; with nothing to add it does nothing.
    const auto random = open_path("/dev/random", O_RDWR);
    ASSERT_TRUE(random) << random.error().message();
    std::array<int, 2> nothing{};
    EXPECT_EQ(::ioctl(random->get(), _IOW('R', 0x03, int[2]), nothing.data()), 0);

    EXPECT_TRUE(take_at_once().empty());
    EXPECT_EQ(discovery_->unreadable(), 0U);
}

TEST_F(QueueDiscoveryTest, counts_what_a_full_ring_loses) {
    constexpr std::uint64_t calls = (QUEUE_RING_BYTES / (sizeof(queue_event) + 8)) + 10;
    kfd::DestroyQueue gone{.queue_id = 3};
    for (std::uint64_t i = 0; i < calls; ++i) {
        ASSERT_EQ(call('K', kfd::Nr::destroy_queue, sizeof(gone), &gone), 0);
    }

    const auto events = discovery_->take(calls);

    EXPECT_GT(discovery_->dropped(), 0U);
    EXPECT_EQ(events.size() + discovery_->dropped(), calls);
}

TEST_F(QueueDiscoveryTest, says_where_it_listens_and_why) {
    EXPECT_EQ(discovery_->how(), "tp_btf/sys_exit (amdgpu tells no types here)");
}

TEST(QueueDiscovery, knows_a_character_device_by_its_number) {
    auto discovery = QueueDiscovery::open("/dev/random", {});
    ASSERT_TRUE(discovery) << discovery.error().message();
    const auto random = open_path("/dev/random", O_RDWR);
    ASSERT_TRUE(random) << random.error().message();
    std::array<int, 2> nothing{};
    ASSERT_EQ(::ioctl(random->get(), _IOW('R', 0x03, int[2]), nothing.data()), 0);

    const auto events = discovery->take();

    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, QUEUE_EVENT_DESTROYED);
    EXPECT_EQ(events[0].queue_number, 0U);
}

TEST(QueueDiscovery, falls_back_to_the_system_call_where_the_driver_can_not_be_hooked) {
    const auto sys = std::filesystem::temp_directory_path() / "penstock-discovery-sys";
    std::filesystem::create_directories(sys / "kernel/btf/amdgpu");
    // A machine that claims amdgpu's types but has no such functions.
    auto discovery = QueueDiscovery::open("/dev/random", {.sys = Tree(sys.string())});
    std::filesystem::remove_all(sys);

    ASSERT_TRUE(discovery) << discovery.error().message();
    EXPECT_TRUE(
        discovery->how().starts_with("tp_btf/sys_exit (load fentry on kfd_procfs_add_queue: "))
        << discovery->how();
}

}  // namespace
}  // namespace penstock
