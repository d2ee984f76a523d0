// SPDX-License-Identifier: Apache-2.0
//
// Queue calls as far as they go without a device: every check that comes before one is looked for.

#include <fmt/format.h>

#include "tests/kernel/contract/stage.h"

namespace penstock::contract {

namespace {

using kfd::Nr;

constexpr std::uint64_t kernel_address = 0xffff'8000'0000'0000;

kfd::CreateQueue fine_queue(Stage& stage) {
    return {.ring_base_address = address_of(stage.page().ring),
            .write_pointer_address = address_of(stage.page().written),
            .read_pointer_address = address_of(stage.page().read),
            .ring_size = 4096,
            .gpu_id = unknown_gpu_id,
            .queue_type = kfd::queue_type_compute_aql,
            .queue_percentage = 100,
            .queue_priority = 7};
}

template <typename Change>
void add_creation(Cases& cases, const char* name, Change change) {
    cases.push_back({fmt::format("create_queue.{}", name), [change](Stage& stage) {
                         kfd::CreateQueue queue = fine_queue(stage);
                         change(queue);
                         const int result = stage.call(Nr::create_queue, queue);
                         return fmt::format("{} id={} doorbell={:x} ring={}",
                                            said(result),
                                            queue.queue_id,
                                            queue.doorbell_offset,
                                            queue.ring_size);
                     }});
}

void add_creations(Cases& cases) {
    using Queue = kfd::CreateQueue;
    add_creation(cases, "unknown_device", [](Queue&) {});
    add_creation(cases, "device_zero", [](Queue& q) { q.gpu_id = 0; });
    for (const std::uint32_t type : {0U, 1U, 2U, 3U, 4U, 5U, 255U}) {
        const std::string name = fmt::format("type_{}", type);
        add_creation(cases, name.c_str(), [type](Queue& q) { q.queue_type = type; });
    }
    for (const std::uint32_t percentage : {0U, 101U, 255U, 0x164U, 0x165U}) {
        const std::string name = fmt::format("percentage_{:x}", percentage);
        add_creation(
            cases, name.c_str(), [percentage](Queue& q) { q.queue_percentage = percentage; });
    }
    for (const std::uint32_t priority : {15U, 16U, 0xffffffffU}) {
        const std::string name = fmt::format("priority_{}", priority);
        add_creation(cases, name.c_str(), [priority](Queue& q) { q.queue_priority = priority; });
    }
    for (const std::uint32_t bytes : {0U, 1U, 100U, 512U, 1024U, 4097U, 0x80000000U}) {
        const std::string name = fmt::format("ring_of_{}", bytes);
        add_creation(cases, name.c_str(), [bytes](Queue& q) { q.ring_size = bytes; });
    }
    add_creation(cases, "null_ring", [](Queue& q) { q.ring_base_address = 0; });
    add_creation(cases, "kernel_ring", [](Queue& q) { q.ring_base_address = kernel_address; });
    add_creation(cases, "kernel_ring_of_odd_size", [](Queue& q) {
        q.ring_base_address = kernel_address;
        q.ring_size = 100;
    });
    add_creation(cases, "kernel_ring_of_bad_type", [](Queue& q) {
        q.ring_base_address = kernel_address;
        q.queue_type = 9;
    });
    add_creation(cases, "kernel_read", [](Queue& q) { q.read_pointer_address = kernel_address; });
    add_creation(cases, "kernel_write", [](Queue& q) { q.write_pointer_address = kernel_address; });
    add_creation(cases, "null_pointers", [](Queue& q) {
        q.read_pointer_address = 0;
        q.write_pointer_address = 0;
    });
    add_creation(cases, "unmapped_ring", [](Queue& q) { q.ring_base_address = bad_address; });
    add_creation(cases, "kernel_eop", [](Queue& q) { q.eop_buffer_address = kernel_address; });
    add_creation(
        cases, "kernel_save_area", [](Queue& q) { q.ctx_save_restore_address = kernel_address; });
}

template <typename Change>
void add_update(Cases& cases, const char* name, Change change) {
    cases.push_back({fmt::format("update_queue.{}", name), [change](Stage& stage) {
                         kfd::UpdateQueue queue{.ring_base_address = address_of(stage.page().ring),
                                                .queue_id = unknown_queue,
                                                .ring_size = 4096,
                                                .queue_percentage = 100,
                                                .queue_priority = 7};
                         change(queue);
                         return said(stage.call(Nr::update_queue, queue));
                     }});
}

void add_updates(Cases& cases) {
    using Queue = kfd::UpdateQueue;
    add_update(cases, "unknown", [](Queue&) {});
    add_update(cases, "number_zero", [](Queue& q) { q.queue_id = 0; });
    add_update(cases, "number_1024", [](Queue& q) { q.queue_id = 1024; });
    add_update(cases, "number_huge", [](Queue& q) { q.queue_id = 0xffffffff; });
    add_update(cases, "percentage_zero", [](Queue& q) { q.queue_percentage = 0; });
    add_update(cases, "percentage_101", [](Queue& q) { q.queue_percentage = 101; });
    add_update(cases, "percentage_high_bits", [](Queue& q) { q.queue_percentage = 0x10064; });
    add_update(cases, "priority_16", [](Queue& q) { q.queue_priority = 16; });
    add_update(cases, "odd_ring", [](Queue& q) { q.ring_size = 100; });
    add_update(cases, "empty_ring", [](Queue& q) { q.ring_size = 0; });
    add_update(cases, "null_ring", [](Queue& q) { q.ring_base_address = 0; });
    add_update(cases, "kernel_ring", [](Queue& q) { q.ring_base_address = kernel_address; });
    add_update(cases, "kernel_ring_and_priority_16", [](Queue& q) {
        q.ring_base_address = kernel_address;
        q.queue_priority = 16;
    });
    add_update(cases, "kernel_ring_and_odd_ring", [](Queue& q) {
        q.ring_base_address = kernel_address;
        q.ring_size = 100;
    });
}

std::string destroyed(Stage& stage, std::uint32_t id) {
    kfd::DestroyQueue argument{.queue_id = id};
    return said(stage.call(Nr::destroy_queue, argument));
}

std::string masked(Stage& stage, const kfd::SetCuMask& wanted) {
    kfd::SetCuMask argument = wanted;
    return said(stage.call(Nr::set_cu_mask, argument));
}

void add_others(Cases& cases) {
    for (const std::uint32_t id : {0U, unknown_queue, 1023U, 1024U, 0xffffffffU}) {
        cases.push_back({fmt::format("destroy_queue.number_{}", id),
                         [id](Stage& stage) { return destroyed(stage, id); }});
    }
    for (const std::uint32_t bits : {0U, 1U, 31U, 32U, 64U, 1024U, 1056U, 0xffffffe0U}) {
        cases.push_back({fmt::format("set_cu_mask.bits_{}", bits), [bits](Stage& stage) {
                             return masked(stage,
                                           {.queue_id = unknown_queue,
                                            .num_cu_mask = bits,
                                            .cu_mask_ptr = address_of(stage.page().ids)});
                         }});
    }
    for (const auto& [name, where] : {std::pair{"null", std::uint64_t{0}},
                                      std::pair{"bad", bad_address},
                                      std::pair{"kernel", kernel_address}}) {
        cases.push_back({fmt::format("set_cu_mask.{}_pointer", name), [where](Stage& stage) {
                             return masked(stage, {.num_cu_mask = 32, .cu_mask_ptr = where});
                         }});
    }
}

}  // namespace

Cases queue_cases() {
    Cases cases;
    add_creations(cases);
    add_updates(cases);
    add_others(cases);
    return cases;
}

}  // namespace penstock::contract
