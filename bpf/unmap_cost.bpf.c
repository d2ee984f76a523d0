/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Unmap cost: how long the driver takes to get every queue off a device. Its hardware scheduler can
 * do no less to suspend a single queue, so this is what one suspension costs everybody.
 *
 * Hook: fentry and fexit on unmap_queues_cpsch. Cost: two map operations per call, which itself
 * takes tens of microseconds at least. Kernels: 6.1 and later, with amdgpu's BTF, trampolines
 * allowed, and a loader that may list module BTFs (CAP_SYS_ADMIN). Devices scheduled by MES never
 * call it.
 */

#include "bpf/amdgpu_types.h"
#include "bpf/unmap_event.h"

#define MOST_DEVICES 128

/* When the call under way began. By device: the driver holds the device's lock meanwhile. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, MOST_DEVICES);
    __type(key, __u64);
    __type(value, __u64);
} started SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, UNMAP_RING_BYTES);
} unmap_events SEC(".maps");

struct unmap_event_counters counters;

SEC("fentry/unmap_queues_cpsch") int BPF_PROG(on_begin, struct device_queue_manager* queues) {
    __u64 device = (__u64)queues;
    __u64 now = bpf_ktime_get_ns();

    /* With nothing mapped the driver returns at once: that is no cost to learn from. */
    if (BPF_CORE_READ(queues, active_runlist))
        bpf_map_update_elem(&started, &device, &now, BPF_ANY);
    return 0;
}

/* The number of arguments differs between kernels, so the result is asked for. */
SEC("fexit/unmap_queues_cpsch") int BPF_PROG(on_end, struct device_queue_manager* queues) {
    __u64 device = (__u64)queues;
    __u64 now = bpf_ktime_get_ns();
    __u64* start = bpf_map_lookup_elem(&started, &device);
    __u64 result = 0;

    if (!start)
        return 0;
    __u64 start_ns = *start;

    bpf_map_delete_elem(&started, &device);
    struct unmap_event* event = bpf_ringbuf_reserve(&unmap_events, sizeof(*event), 0);
    if (!event) {
        __sync_fetch_and_add(&counters.dropped, 1);
        return 0;
    }
    bpf_get_func_ret(ctx, &result);
    event->start_ns = start_ns;
    event->duration_ns = now - start_ns;
    event->gpu_id = gpu_id_of(BPF_CORE_READ(queues, dev));
    event->result = (__s32)result;
    bpf_ringbuf_submit(event, 0);
    return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
