/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Queue discovery at the system call: reports the KFD queues that any process creates or destroys.
 *
 * Hook: tp_btf/sys_exit, which needs neither tracefs nor trampolines. Cost: about 16 ns on every
 * system call of the machine, 150 ns on one that matches. Kernels: 5.11 and later, with vmlinux
 * BTF.
 *
 * A call is ours when its file is the KFD device and its number is right: the driver ignores the
 * type letter, so a filter on 'K' could be evaded, and argument sizes differ by header version.
 */
#include <asm/ioctl.h>
#include <linux/stat.h>

#include "bpf/ioctl_call.h"
#include "bpf/kfd_arguments.h"
#include "bpf/queue_event.h"
#include "bpf/visible_tgid.h"

/* Of the character device; 0: a regular file, named by the next two. */
const volatile __u32 kfd_rdev;
const volatile __u64 kfd_inode;
const volatile __u32 kfd_device; /* Where the regular file lies. */

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, QUEUE_RING_BYTES);
} queue_events SEC(".maps");

struct queue_event_counters counters;

static __always_inline bool is_kfd(__u32 number) {
    struct fdtable* table = BPF_CORE_READ(bpf_get_current_task_btf(), files, fdt);
    struct file** files = BPF_CORE_READ(table, fd);
    struct file* file = NULL;

    if (number >= BPF_CORE_READ(table, max_fds) ||
        bpf_probe_read_kernel(&file, sizeof(file), files + number))
        return false;
    struct inode* inode = BPF_CORE_READ(file, f_inode);
    if (kfd_rdev)
        return S_ISCHR(BPF_CORE_READ(inode, i_mode)) && BPF_CORE_READ(inode, i_rdev) == kfd_rdev;
    return BPF_CORE_READ(inode, i_ino) == kfd_inode &&
           BPF_CORE_READ(inode, i_sb, s_dev) == kfd_device;
}

SEC("tp_btf/sys_exit") int BPF_PROG(on_sys_exit, struct pt_regs* regs, long result) {
    if (SYSTEM_CALL_NUMBER(regs) != IOCTL_SYSTEM_CALL || result != 0)
        return 0;
    __u32 request = IOCTL_REQUEST(regs);
    bool created = _IOC_NR(request) == KFD_CREATE_QUEUE;
    if ((!created && _IOC_NR(request) != KFD_DESTROY_QUEUE) || !is_kfd(IOCTL_FD(regs)))
        return 0;

    /* The driver zero-fills a short argument too, and copies nothing back beyond its end. */
    union kfd_argument argument = {};
    __u32 size = _IOC_SIZE(request);
    if (size > sizeof(argument))
        size = sizeof(argument);
    if ((created && size < KFD_CREATE_QUEUE_SHORTEST) ||
        bpf_probe_read_user(&argument, size, IOCTL_ARGUMENT(regs))) {
        __sync_fetch_and_add(&counters.unreadable, 1);
        return 0;
    }
    struct queue_event* event = bpf_ringbuf_reserve(&queue_events, sizeof(*event), 0);
    if (!event) {
        __sync_fetch_and_add(&counters.dropped, 1);
        return 0;
    }
    kfd_argument_to_event(event, &argument, created);
    event->tgid = visible_tgid(bpf_get_current_task_btf());
    bpf_ringbuf_submit(event, 0);
    return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
