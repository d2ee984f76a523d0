// SPDX-License-Identifier: Apache-2.0
//
// Samples: one message of every kind, with a different value in every field.

#pragma once

#include <vector>

#include "policies/gate_wire.h"

namespace penstock::wire {

inline QueueKey sample_key() {
    return {.owner = OwnerId{0x1122334455667788}, .gpu = GpuId{0xa1a2a3a4}, .number = 7};
}

inline QueueAt sample_queue() {
    return {.key = sample_key(),
            .type = QueueType::sdma,
            .ring_address = 0x7f0000001000,
            .write_address = 0x7f0000002038,
            .read_address = 0x7f0000002080,
            .ring_bytes = 65536,
            .slot = 12};
}

inline DeviceOrder sample_order() {
    return {.gpu = GpuId{5},
            .precedence = Precedence::least_left,
            .domain = 62,
            .settle = Duration(11),
            .longest_suspension = Duration(12),
            .run_window = Duration(13),
            .suspension_interval = Duration(15),
            .suspension_burst = 16,
            .owners = {{.owner = OwnerId{1},
                        .rank = -20,
                        .preemptible = false,
                        .levers = {.queue_priority = 9, .units = {.first = 17, .count = 18}}},
                       {.owner = OwnerId{2},
                        .rank = 20,
                        .held_until = from_ns(14),
                        .costs_device_time = false,
                        .share = 47,
                        .quantum = Duration(48),
                        .deadline = Duration(49),
                        .cost = Duration(50),
                        .learns = true,
                        .firm = true,
                        .late = {.after = Duration(51),
                                 .rank = 52,
                                 .since_work = true,
                                 .lasts = Duration(53)},
                        .steal = {.rank = 54, .quantum = Duration(55), .guard = Duration(56)},
                        .descent = {.allotment = Duration(57), .levels = 8, .rise = Duration(58)},
                        .budget = {.amount = Duration(59),
                                   .period = Duration(60),
                                   .rank = 61,
                                   .hard = true}}},
            .held_queues = {{.owner = OwnerId{3}, .queue = 19, .until = from_ns(20)}}};
}

inline Acted sample_acted() {
    return {.owner = OwnerId{21},
            .gpu = GpuId{22},
            .verb = Verb::suspend,
            .reason = Reason::longest_suspension,
            .error = -5,
            .queue = 30,
            .queues = 23,
            .cause = OwnerId{24},
            .written = 25,
            .seen_ns = 26,
            .woken_ns = 27,
            .entered_ns = 28,
            .done_ns = 29};
}

// One of each alternative, in the variant's order.
inline std::vector<ToGate> samples_to_gate() {
    return {Hello{.version = 9, .sampling_period_ns = 8, .ring_bytes = 7, .slot_count = 6},
            Adopt{.owner = OwnerId{31}, .pid = 32, .may_evict = true},
            AddQueue{.queue = sample_queue()},
            RemoveQueue{.key = sample_key()},
            Release{.owner = OwnerId{33}},
            Order{.order = sample_order()},
            ResumeAll{.serial = 34},
            TakeSamples{.serial = 35},
            Ping{.serial = 36},
            Cooperate{.owner = OwnerId{37}, .abilities = 0x26}};
}

inline std::vector<FromGate> samples_from_gate() {
    return {Ready{.version = 3, .kfd_major = 1, .kfd_minor = 17, .trouble = "no device"},
            Adopted{.owner = OwnerId{41},
                    .level = PreemptionLevel::process_evict,
                    .reason = "another debugger",
                    .program = "/usr/bin/train"},
            FoundQueue{.queue = sample_queue()},
            sample_acted(),
            Sampled{.serial = 42,
                    .queues = {{.key = sample_key(), .known = true, .written = 43, .read = 44},
                               {.key = {}, .known = false}}},
            AllResumed{.serial = 45, .queues = 46},
            Pong{.serial = 47},
            Said{.severity = 3, .line = "something to read"}};
}

}  // namespace penstock::wire
