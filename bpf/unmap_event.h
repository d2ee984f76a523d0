/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Unmap event: what the driver spent on taking all queues off a device once, which it does to
 * suspend a single one. Both sides include this file and assert its size.
 */
#ifndef PENSTOCK_BPF_UNMAP_EVENT_H
#define PENSTOCK_BPF_UNMAP_EVENT_H

#include <linux/types.h>

/* Some 500 records: suspensions come by the hundred per second at most. */
#define UNMAP_RING_BYTES (16 * 1024)

struct unmap_event {
    __u64 start_ns;    /* CLOCK_MONOTONIC, when the driver began. */
    __u64 duration_ns; /* Until the device's scheduler said that its queues are off. */
    __u32 gpu_id;
    __s32 result; /* 0, or the driver's negative errno: then the duration is a time-out's. */
};

/* What the program could not tell; it only grows. */
struct unmap_event_counters {
    __u64 dropped; /* The ring was full. */
};

#ifdef __cplusplus
static_assert(sizeof(unmap_event) == 24);
#else
_Static_assert(sizeof(struct unmap_event) == 24, "shared with user space");
#endif

#endif
