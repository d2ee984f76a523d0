// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/kfd_client.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <bit>
#include <cerrno>

#include "kmod-helpers/abi/aql.h"

namespace penstock::workload {

namespace {

std::uint64_t address_of(const void* memory) {
    return std::bit_cast<std::uint64_t>(memory);
}

}  // namespace

int KfdClient::raw(unsigned long request, void* argument) const {
    const int returned = ::ioctl(fd_.get(), request, argument);
    return returned < 0 ? -errno : returned;
}

Result<KfdClient> KfdClient::open(const std::string& path) {
    Result<Fd> fd = open_path(path, O_RDWR);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    KfdClient client(std::move(*fd));
    kfd::GetVersion version;
    const int returned = client.raw(kfd::request<kfd::GetVersion>(kfd::Nr::get_version), &version);
    if (returned < 0) {
        return fail(-returned, "ask " + path + " for its version");
    }
    if (version.major != kfd::abi_major) {
        return fail(path + " speaks version " + std::to_string(version.major) + ", expected 1");
    }
    return client;
}

Result<> KfdClient::enable_runtime() const {
    kfd::RuntimeEnable argument{.mode_mask = kfd::runtime_enable_mode_enable};
    const int returned = raw(kfd::request<kfd::RuntimeEnable>(kfd::Nr::runtime_enable), &argument);
    return returned < 0 ? Result<>(fail(-returned, "enable the runtime")) : Result<>();
}

Result<std::uint32_t> KfdClient::create_event() const {
    kfd::CreateEvent argument{.auto_reset = 1};
    const int returned = raw(kfd::request<kfd::CreateEvent>(kfd::Nr::create_event), &argument);
    if (returned < 0) {
        return fail(-returned, "create an event");
    }
    return argument.event_id;
}

Result<std::uint32_t> KfdClient::create_queue(std::uint32_t gpu_id,
                                              const QueueMemory& memory) const {
    kfd::CreateQueue argument{
        .ring_base_address = address_of(memory.ring.data()),
        .write_pointer_address = address_of(&memory.counters[aql::write_dispatch_id_offset]),
        .read_pointer_address = address_of(&memory.counters[aql::read_dispatch_id_offset]),
        .ring_size = static_cast<std::uint32_t>(memory.ring.size()),
        .gpu_id = gpu_id,
        .queue_type = kfd::queue_type_compute_aql,
        .queue_percentage = kfd::max_queue_percentage,
        .queue_priority = ordinary_queue_priority,
    };
    const int returned = raw(kfd::request<kfd::CreateQueue>(kfd::Nr::create_queue), &argument);
    if (returned < 0) {
        return fail(-returned, "create a queue on gpu " + std::to_string(gpu_id));
    }
    return argument.queue_id;
}

Result<> KfdClient::destroy_queue(std::uint32_t number) const {
    kfd::DestroyQueue argument{.queue_id = number};
    const int returned = raw(kfd::request<kfd::DestroyQueue>(kfd::Nr::destroy_queue), &argument);
    return returned < 0 ? Result<>(fail(-returned, "destroy a queue")) : Result<>();
}

Result<> KfdClient::update_queue(kfd::UpdateQueue properties) const {
    const int returned = raw(kfd::request<kfd::UpdateQueue>(kfd::Nr::update_queue), &properties);
    return returned < 0 ? Result<>(fail(-returned, "update a queue")) : Result<>();
}

Result<> KfdClient::set_cu_mask(std::uint32_t number, std::span<const std::uint32_t> mask) const {
    constexpr std::uint32_t bits_per_word = 32;
    kfd::SetCuMask argument{.queue_id = number,
                            .num_cu_mask = static_cast<std::uint32_t>(mask.size()) * bits_per_word,
                            .cu_mask_ptr = address_of(mask.data())};
    const int returned = raw(kfd::request<kfd::SetCuMask>(kfd::Nr::set_cu_mask), &argument);
    return returned < 0 ? Result<>(fail(-returned, "mask the compute units of a queue"))
                        : Result<>();
}

Result<bool> KfdClient::wait(std::uint32_t event_id, std::uint32_t timeout_ms) const {
    kfd::EventData event{.event_id = event_id};
    kfd::WaitEvents argument{
        .events_ptr = address_of(&event), .num_events = 1, .timeout = timeout_ms};
    const int returned = raw(kfd::request<kfd::WaitEvents>(kfd::Nr::wait_events), &argument);
    if (returned == -EINTR) {
        return false;
    }
    if (returned < 0) {
        return fail(-returned, "wait for an event");
    }
    return argument.wait_result == 0;
}

}  // namespace penstock::workload
