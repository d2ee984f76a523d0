/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Visible tgid: a task's process number as the agent's pid namespace shows it.
 *
 * bpf_get_ns_current_pid_tgid() answers only for tasks whose innermost namespace is the one asked
 * for, and so never for a container seen from the host: the numbers are looked up here instead.
 */
#ifndef PENSTOCK_BPF_VISIBLE_TGID_H
#define PENSTOCK_BPF_VISIBLE_TGID_H

#include "bpf/kernel_types.h"

#define PID_NAMESPACE_LEVELS 33 /* MAX_PID_NS_LEVEL and the initial one. */

const volatile __u32 agent_pid_namespace; /* Inode of the agent's /proc/self/ns/pid. */

/* 0 when the agent's namespace does not contain the task. */
static __always_inline __u32 visible_tgid(struct task_struct* task) {
    struct pid* pid = BPF_CORE_READ(task, group_leader, thread_pid);
    __u32 deepest = BPF_CORE_READ(pid, level);
    const char* numbers = (const char*)pid + bpf_core_field_offset(struct pid, numbers);

    for (__u32 level = 0; level < PID_NAMESPACE_LEVELS && level <= deepest; ++level) {
        const struct upid* number =
            (const void*)(numbers + level * bpf_core_type_size(struct upid));

        if (BPF_CORE_READ(number, ns, ns.inum) == agent_pid_namespace)
            return (__u32)BPF_CORE_READ(number, nr);
    }
    return 0;
}

#endif
