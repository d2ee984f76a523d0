/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Ioctl call: the arguments of the ioctl(2) a task is returning from, per architecture.
 *
 * At sys_exit the argument registers still hold what the caller passed, but for arm64's first one,
 * which the result has replaced and of which the kernel keeps a copy.
 */
#ifndef PENSTOCK_BPF_IOCTL_CALL_H
#define PENSTOCK_BPF_IOCTL_CALL_H

#include "bpf/kernel_types.h"

#if defined(__TARGET_ARCH_x86)
#define IOCTL_SYSTEM_CALL 16
#define SYSTEM_CALL_NUMBER(regs) ((int)(regs)->orig_ax)
#define IOCTL_FD(regs) ((__u32)(regs)->di)
#define IOCTL_REQUEST(regs) ((__u32)(regs)->si)
#define IOCTL_ARGUMENT(regs) ((const void*)(regs)->dx)
#elif defined(__TARGET_ARCH_arm64)
#define IOCTL_SYSTEM_CALL 29
#define SYSTEM_CALL_NUMBER(regs) ((regs)->syscallno)
#define IOCTL_FD(regs) ((__u32)(regs)->orig_x0)
#define IOCTL_REQUEST(regs) ((__u32)(regs)->regs[1])
#define IOCTL_ARGUMENT(regs) ((const void*)(regs)->regs[2])
#endif

#endif
