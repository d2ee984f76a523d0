/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * KFD arguments: what callers of CREATE_QUEUE and DESTROY_QUEUE pass to the driver, as far as a
 * queue event tells of it. Layouts are ABI since Linux 3.19; newer members only follow.
 */
#ifndef PENSTOCK_BPF_KFD_ARGUMENTS_H
#define PENSTOCK_BPF_KFD_ARGUMENTS_H

#include "bpf/kernel_types.h"
#include "bpf/queue_event.h"

#define KFD_CREATE_QUEUE 0x02 /* _IOC_NR. */
#define KFD_DESTROY_QUEUE 0x03
/* Up to and with queue_id: without it nothing names the queue. */
#define KFD_CREATE_QUEUE_SHORTEST 56

struct kfd_create_queue {
    __u64 ring_address;
    __u64 write_address;
    __u64 read_address;
    __u64 doorbell_offset;
    __u32 ring_bytes;
    __u32 gpu_id;
    __u32 queue_type;
    __u32 queue_percentage;
    __u32 queue_priority;
    __u32 queue_id;
};

union kfd_argument {
    struct kfd_create_queue create;
    __u32 destroy_queue_id;
};

_Static_assert(sizeof(union kfd_argument) == KFD_CREATE_QUEUE_SHORTEST, "ABI");

static __always_inline void kfd_argument_to_event(struct queue_event* event,
                                                  const union kfd_argument* argument,
                                                  bool created) {
    const struct kfd_create_queue* queue = &argument->create;

    __builtin_memset(event, 0, sizeof(*event));
    event->ns = bpf_ktime_get_ns();
    event->kind = created ? QUEUE_EVENT_CREATED : QUEUE_EVENT_DESTROYED;
    event->queue_type = QUEUE_EVENT_TYPE_UNKNOWN;
    event->queue_number = argument->destroy_queue_id;
    if (!created)
        return;
    event->ring_address = queue->ring_address;
    event->write_address = queue->write_address;
    event->read_address = queue->read_address;
    event->ring_bytes = queue->ring_bytes;
    event->gpu_id = queue->gpu_id;
    event->queue_number = queue->queue_id;
    if (queue->queue_type < QUEUE_EVENT_TYPE_UNKNOWN)
        event->queue_type = (__u8)queue->queue_type;
}

#endif
