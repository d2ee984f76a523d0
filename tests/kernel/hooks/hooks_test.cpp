// SPDX-License-Identifier: Apache-2.0
//
// Our BPF programs where the real driver is: that they load against its types, attach to its
// functions, and see what can be seen without a device. Runs in the guest of `./dev check-kernel`.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>

#include "agent/pointer_ring.h"
#include "agent/probes/queues/pointer_watch.h"
#include "agent/probes/queues/queue_discovery.h"
#include "agent/probes/queues/unmap_cost.h"
#include "bpf/skeletons.h"
#include "kmod-helpers/abi/kfd_ioctl.h"
#include "tests/bpf/submitter.h"

namespace penstock {
namespace {

constexpr auto kfd_path = "/dev/kfd";
constexpr auto console_path = "/dev/ttyS0";

Fd open_device(const char* path) {
    return Fd(::open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

// Calls that the driver refuses for lack of a device, with the numbers that discovery looks at.
void try_queues(const Fd& kfd) {
    kfd::CreateQueue create;
    EXPECT_EQ(::ioctl(kfd.get(), kfd::request<kfd::CreateQueue>(kfd::Nr::create_queue), &create),
              -1);
    kfd::DestroyQueue destroy;
    EXPECT_EQ(::ioctl(kfd.get(), kfd::request<kfd::DestroyQueue>(kfd::Nr::destroy_queue), &destroy),
              -1);
}

// Where no type information is found, discovery falls back to the system call.
QueueDiscovery::Roots without_driver_types() {
    return {.sys = Tree("/nonexistent"), .proc = Tree("/proc")};
}

TEST(DriverHooks, discovery_attaches_to_the_drivers_own_functions) {
    auto discovery = QueueDiscovery::open(kfd_path, {});
    ASSERT_TRUE(discovery) << discovery.error().message();
    EXPECT_EQ(discovery->how(), "fentry on kfd_procfs_add_queue");

    try_queues(open_device(kfd_path));

    EXPECT_TRUE(discovery->take().empty());
    EXPECT_EQ(discovery->dropped(), 0U);
}

TEST(DriverHooks, both_ends_of_a_queues_life_are_attached) {
    const OwnedSkeleton<queue_discovery_amdgpu_bpf> program(
        queue_discovery_amdgpu_bpf::open_and_load());
    ASSERT_TRUE(program);
    ASSERT_EQ(queue_discovery_amdgpu_bpf::attach(program.get()), 0);
    EXPECT_GE(bpf_link__fd(program->links.on_queue_added), 0);
    EXPECT_GE(bpf_link__fd(program->links.on_queue_removed), 0);
}

TEST(DriverHooks, discovery_at_the_system_call_takes_no_refused_call_for_a_queue) {
    auto discovery = QueueDiscovery::open(kfd_path, without_driver_types());
    ASSERT_TRUE(discovery) << discovery.error().message();
    EXPECT_TRUE(discovery->how().starts_with("tp_btf/sys_exit")) << discovery->how();

    try_queues(open_device(kfd_path));

    EXPECT_TRUE(discovery->take().empty());
    EXPECT_EQ(discovery->unreadable(), 0U);
}

// No call of these numbers succeeds on the driver without a device, so another character device
// shows that such a file is known by its device number: TCSETSW has the number of DESTROY_QUEUE.
TEST(DriverHooks, discovery_at_the_system_call_knows_a_character_device) {
    auto discovery = QueueDiscovery::open(console_path, without_driver_types());
    ASSERT_TRUE(discovery) << discovery.error().message();
    const Fd console = open_device(console_path);
    termios settings{};
    ASSERT_EQ(::tcgetattr(console.get(), &settings), 0);

    ASSERT_EQ(::tcsetattr(console.get(), TCSADRAIN, &settings), 0);

    const std::vector<queue_event> events = discovery->take();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events.front().kind, QUEUE_EVENT_DESTROYED);
    EXPECT_EQ(events.front().tgid, static_cast<std::uint32_t>(::getpid()));
}

TEST(DriverHooks, unmap_cost_attaches_and_without_a_device_never_fires) {
    auto cost = UnmapCost::open({});
    ASSERT_TRUE(cost) << cost.error().message();

    try_queues(open_device(kfd_path));

    EXPECT_TRUE(cost->take().empty());
    EXPECT_EQ(cost->dropped(), 0U);
}

TEST(DriverHooks, unmap_cost_says_what_is_missing) {
    const auto cost = UnmapCost::open({.sys = Tree("/nonexistent"), .proc = Tree("/proc")});
    ASSERT_FALSE(cost);
    EXPECT_EQ(cost.error().message(),
              "measure what a suspension costs: find the types of amdgpu: "
              "No such file or directory");
}

TEST(DriverHooks, pointer_watch_sees_a_move) {
    auto watch = PointerWatch::open(Tree("/proc"));
    ASSERT_TRUE(watch) << watch.error().message();
    auto ring = PointerRing::open(Fd(::fcntl(watch->ring_fd(), F_DUPFD_CLOEXEC, 0)),
                                  Fd(::fcntl(watch->slots_fd(), F_DUPFD_CLOEXEC, 0)),
                                  POINTER_RING_BYTES,
                                  WATCH_SLOTS);
    ASSERT_TRUE(ring) << ring.error().message();
    auto submitter = test::Submitter::start();
    ASSERT_TRUE(submitter) << submitter.error().message();
    const PointerWatch::Pointer pointer{.slot = watch->take_slot().value(),
                                        .write_address = submitter->counter_address()};
    ASSERT_TRUE(watch->watch(submitter->pidfd(), submitter->pid(), std::span(&pointer, 1)));
    ring->arm(pointer.slot);

    submitter->move_and_block();

    pollfd ready{.fd = ring->fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&ready, 1, 10'000), 1);
    EXPECT_EQ(watch->counters().reported, 1U);
}

}  // namespace
}  // namespace penstock
