/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Queue discovery in the driver: the same records as queue_discovery.bpf.c, taken from amdgpu's own
 * queue instead of its caller's memory, which may have changed by then.
 *
 * Hook: fentry on kfd_procfs_add_queue and kfd_procfs_del_queue. Cost: nothing but on these calls.
 * Kernels: 6.1 and later, with amdgpu's BTF, trampolines allowed, and a loader that may list module
 * BTFs (CAP_SYS_ADMIN). Queues of a process that dies are reported too, by the driver's worker.
 */

#include "bpf/amdgpu_types.h"
#include "bpf/queue_event.h"
#include "bpf/visible_tgid.h"

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, QUEUE_RING_BYTES);
} queue_events SEC(".maps");

struct queue_event_counters counters;

/* As the uapi numbers it. */
static __always_inline __u8 queue_type_of(struct queue* queue) {
    switch (BPF_CORE_READ(queue, properties.type)) {
        case KFD_QUEUE_TYPE_COMPUTE:
            return BPF_CORE_READ(queue, properties.format) == KFD_QUEUE_FORMAT_AQL ? 2 : 0;
        case KFD_QUEUE_TYPE_SDMA:
        case KFD_QUEUE_TYPE_SDMA_BY_ENG_ID:
            return 1;
        case KFD_QUEUE_TYPE_SDMA_XGMI:
            return 3;
    }
    return QUEUE_EVENT_TYPE_UNKNOWN;
}

static __always_inline void report(struct queue* queue, __u8 kind) {
    struct queue_event* event = bpf_ringbuf_reserve(&queue_events, sizeof(*event), 0);

    if (!event) {
        __sync_fetch_and_add(&counters.dropped, 1);
        return;
    }
    __builtin_memset(event, 0, sizeof(*event));
    event->ns = bpf_ktime_get_ns();
    event->kind = kind;
    event->queue_type = QUEUE_EVENT_TYPE_UNKNOWN;
    event->queue_number = BPF_CORE_READ(queue, properties.queue_id);
    event->tgid = visible_tgid(BPF_CORE_READ(queue, process, lead_thread));
    if (kind == QUEUE_EVENT_CREATED) {
        event->ring_address = BPF_CORE_READ(queue, properties.queue_address);
        event->write_address = (__u64)BPF_CORE_READ(queue, properties.write_ptr);
        event->read_address = (__u64)BPF_CORE_READ(queue, properties.read_ptr);
        event->ring_bytes = (__u32)BPF_CORE_READ(queue, properties.queue_size);
        event->gpu_id = gpu_id_of(BPF_CORE_READ(queue, device));
        event->queue_type = queue_type_of(queue);
    }
    bpf_ringbuf_submit(event, 0);
}

SEC("fentry/kfd_procfs_add_queue") int BPF_PROG(on_queue_added, struct queue* queue) {
    report(queue, QUEUE_EVENT_CREATED);
    return 0;
}

SEC("fentry/kfd_procfs_del_queue") int BPF_PROG(on_queue_removed, struct queue* queue) {
    report(queue, QUEUE_EVENT_DESTROYED);
    return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
