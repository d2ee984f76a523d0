/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Wake-up floor: the least a BPF program can do to wake a reader when one process leaves its
 * processor. No path through BPF to user space can be faster on the machine that ran it.
 *
 * Hook: tp_btf/sched_switch. Cost: irrelevant, benchmarks only. Kernels: as pointer_watch.bpf.c.
 */

#include "bpf/kernel_types.h"

const volatile __u32 watched_process;

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 64 * 1024);
} wakes SEC(".maps");

SEC("tp_btf/sched_switch") int BPF_PROG(on_switch, bool preempted, struct task_struct* previous) {
    if (bpf_get_current_pid_tgid() >> 32 != watched_process)
        return 0;
    __u64* now = bpf_ringbuf_reserve(&wakes, sizeof(*now), 0);
    if (!now)
        return 0;
    *now = bpf_ktime_get_ns();
    bpf_ringbuf_submit(now, BPF_RB_FORCE_WAKEUP);
    return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
