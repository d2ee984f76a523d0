/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Pointer watch: looks at the write pointers of watched processes in their own context, at the
 * moment they leave a processor or take the clock tick, and reports the moves that are news.
 *
 * Hooks: tp_btf/sched_switch, and a perf_event on each watched thread's own clock for submitters
 * that never leave. Cost: a few loads on every context switch of the machine, one task storage
 * look-up and one 8-byte read per slot for a watched process. Kernels: 5.12 and later.
 *
 * The reads never fault a page in: a pointer on a page that is swapped out is not seen.
 */

#include "bpf/kernel_types.h"
#include "bpf/pointer_event.h"

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct watched_process);
} watched SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, WATCH_SLOTS);
    __type(key, __u32);
    __type(value, struct watch_slot);
} slots SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, POINTER_RING_BYTES);
} moves SEC(".maps");

struct pointer_event_counters counters;

static __always_inline void look_at(__u32 number, __u32 how) {
    struct watch_slot* slot = bpf_map_lookup_elem(&slots, &number);
    __u64 written;

    if (!slot || bpf_probe_read_user(&written, sizeof(written), (void*)slot->write_address) ||
        written == slot->last)
        return;
    /* Two threads may get here at once: a stale `last` only makes the next look see a move again.
     */
    slot->last = written;
    if (!slot->armed || !__sync_lock_test_and_set(&slot->armed, 0))
        return;
    struct pointer_event* event = bpf_ringbuf_reserve(&moves, sizeof(*event), 0);
    if (!event) {
        __sync_fetch_and_add(&counters.dropped, 1);
        slot->last = ~written; /* The next look finds the move again. */
        slot->armed = 1;
        return;
    }
    event->ns = bpf_ktime_get_ns();
    event->written = written;
    event->slot = number;
    event->how = how;
    /* Before the reader can wake: whoever reads the event finds it counted. */
    __sync_fetch_and_add(&counters.reported, 1);
    bpf_ringbuf_submit(event, BPF_RB_FORCE_WAKEUP);
}

static __always_inline int look(struct task_struct* task, __u32 how) {
    if (!task->mm)
        return 0; /* A kernel thread, or a task past exit_mm(): user memory is somebody else's. */
    struct task_struct* leader = task->group_leader;
    if (!leader->bpf_storage)
        return 0; /* Nobody stored anything for it: spares the common case the call. */
    struct watched_process* process = bpf_task_storage_get(&watched, leader, 0, 0);
    if (!process)
        return 0;
    for (__u32 i = 0; i < WATCH_SLOTS_PER_PROCESS && i < process->count; ++i)
        look_at(process->slots[i], how);
    return 0;
}

SEC("tp_btf/sched_switch") int BPF_PROG(on_switch, bool preempted, struct task_struct* previous) {
    return look(previous, POINTER_EVENT_SWITCH);
}

SEC("perf_event") int on_tick(void* context) {
    return look(bpf_get_current_task_btf(), POINTER_EVENT_TICK);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
