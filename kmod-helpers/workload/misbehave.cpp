// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/misbehave.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <limits>
#include <thread>

#include "base/clock.h"

namespace penstock::workload {

namespace {

using std::chrono::milliseconds;

constexpr Duration between_lies = milliseconds(1);
constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t many = std::numeric_limits<std::uint32_t>::max();

void store(std::uint64_t address, std::uint64_t value) {
    std::atomic_ref(*std::bit_cast<std::uint64_t*>(address)).store(value);
}

void lie_about_pointers(const Session& session, StopSignal& stop, TimePoint end) {
    constexpr std::array<std::uint64_t, 6> lies{
        5, 1ULL << 63, 0, everything, 2ULL * ring_packets, 1ULL << 32};
    for (std::size_t told = 0; monotonic_now() < end; ++told) {
        for (const auto& queue : session.queues()) {
            store(queue->write_address(), lies[told % lies.size()]);
            store(queue->read_address(), lies[(told / lies.size()) % lies.size()]);
        }
        if (stop.wait_until(monotonic_now() + between_lies)) {
            return;
        }
    }
}

void unmap_ring(Session& session, StopSignal& stop, TimePoint end) {
    for (const auto& queue : session.queues()) {
        while (queue->has_room()) {
            queue->submit(monotonic_now());
        }
        queue->unmap();
    }
    stop.wait_until(end);
}

[[noreturn]] void die_in_ioctl(Session& session) {
    const std::jthread killer([] {
        std::this_thread::sleep_for(milliseconds(50));
        ::kill(::getpid(), SIGKILL);
    });
    for (;;) {
        if (!session.wait(many)) {
            std::this_thread::yield();  // The end comes from the other thread.
        }
    }
}

// Every number the driver has, with arguments of every length from none to 16 bytes. The length is
// part of the request, so that nothing beyond the buffer is touched.
void send_short_arguments(const KfdClient& client) {
    std::array<std::uint64_t, 2> argument{};
    for (unsigned nr = 0; nr <= static_cast<unsigned>(kfd::Nr::debug_trap) + 1; ++nr) {
        for (unsigned bytes = 0; bytes <= sizeof(argument); bytes += 4) {
            client.raw(_IOC(_IOC_READ | _IOC_WRITE, kfd::ioctl_type, nr, bytes), argument.data());
        }
    }
}

void send_absurd_queues(const KfdClient& client) {
    constexpr std::array<std::uint64_t, 4> addresses{0, 1, everything, 0xffff'8000'0000'0000ULL};
    constexpr std::array<std::uint32_t, 5> sizes{0, 1, 63, 1U << 31, many};
    for (const std::uint64_t address : addresses) {
        for (const std::uint32_t size : sizes) {
            kfd::CreateQueue argument{.ring_base_address = address,
                                      .write_pointer_address = address,
                                      .read_pointer_address = everything - address,
                                      .ring_size = size,
                                      .gpu_id = many,
                                      .queue_type = kfd::queue_type_compute_aql,
                                      .queue_percentage = size,
                                      .queue_priority = size};
            client.raw(kfd::request<kfd::CreateQueue>(kfd::Nr::create_queue), &argument);
        }
    }
}

void send_absurd_lists(const KfdClient& client) {
    kfd::WaitEvents events{.events_ptr = everything, .num_events = many, .timeout = 1};
    client.raw(kfd::request<kfd::WaitEvents>(kfd::Nr::wait_events), &events);
    kfd::SetCuMask mask{.queue_id = many, .num_cu_mask = many, .cu_mask_ptr = everything};
    client.raw(kfd::request<kfd::SetCuMask>(kfd::Nr::set_cu_mask), &mask);
    for (unsigned op = 0; op <= static_cast<unsigned>(kfd::DebugOp::get_device_snapshot) + 1;
         ++op) {
        kfd::DebugTrap trap{.pid = many, .op = op, .words = {everything, everything, everything}};
        client.raw(kfd::request<kfd::DebugTrap>(kfd::Nr::debug_trap), &trap);
    }
}

}  // namespace

Result<> misbehave(Misbehaviour how, Session& session, StopSignal& stop, TimePoint end) {
    switch (how) {
        case Misbehaviour::none:
            return {};
        case Misbehaviour::liar_pointers:
            lie_about_pointers(session, stop, end);
            return {};
        case Misbehaviour::unmap_ring:
            unmap_ring(session, stop, end);
            return {};
        case Misbehaviour::die_in_ioctl:
            die_in_ioctl(session);
        case Misbehaviour::short_args:
            send_short_arguments(session.client());
            break;
        case Misbehaviour::absurd_sizes:
            send_absurd_queues(session.client());
            send_absurd_lists(session.client());
            break;
    }
    // Stays for a while with its queue, so that others meet a client that has tried.
    stop.wait_until(end);
    return {};
}

}  // namespace penstock::workload
