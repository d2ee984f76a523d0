/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Kernel types: the few kernel structures the programs look at, with only the members they name.
 *
 * Offsets here mean nothing: the loader relocates every access by name against the running kernel's
 * BTF (CO-RE), so that one object serves all kernels and the build needs no kernel at all.
 */
#ifndef PENSTOCK_BPF_KERNEL_TYPES_H
#define PENSTOCK_BPF_KERNEL_TYPES_H

#include <stdbool.h>

/* Not sorted: libbpf's headers need the kernel's types before them. */
/* clang-format off */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
/* clang-format on */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
    __u32 s_dev; /* The kernel's own encoding: major << 20 | minor. */
};

struct inode {
    __u16 i_mode;
    __u32 i_rdev;
    unsigned long i_ino;
    struct super_block* i_sb;
};

struct file {
    struct inode* f_inode;
};

struct fdtable {
    unsigned int max_fds;
    struct file** fd;
};

struct files_struct {
    struct fdtable* fdt;
};

struct ns_common {
    unsigned int inum;
};

struct pid_namespace {
    struct ns_common ns;
};

struct upid {
    int nr;
    struct pid_namespace* ns;
};

struct pid {
    unsigned int level;
    struct upid numbers[1]; /* level + 1 of them, outermost namespace first. */
};

struct mm_struct;
struct bpf_local_storage;

struct task_struct {
    struct mm_struct* mm;
    struct task_struct* group_leader;
    struct pid* thread_pid;
    struct files_struct* files;
    struct bpf_local_storage* bpf_storage;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
    unsigned long orig_ax, di, si, dx;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
    __u64 regs[31];
    __u64 orig_x0;
    __s32 syscallno;
};
#else
#error "this architecture's system call registers are not described yet"
#endif

#pragma clang attribute pop

#endif
