/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Queue event: what the discovery programs tell the agent, one record per queue created or
 * destroyed by any process. Both sides include this file and assert its size.
 */
#ifndef PENSTOCK_BPF_QUEUE_EVENT_H
#define PENSTOCK_BPF_QUEUE_EVENT_H

#include <linux/types.h>

/* Some 8000 records: every queue of a busy machine at once. */
#define QUEUE_RING_BYTES (512 * 1024)

enum queue_event_kind {
    QUEUE_EVENT_CREATED = 1,
    QUEUE_EVENT_DESTROYED = 2,
};

/* Values of queue_type are those of the kernel's uapi; this one when nobody could tell. */
#define QUEUE_EVENT_TYPE_UNKNOWN 255

struct queue_event {
    __u64 ns;           /* CLOCK_MONOTONIC, when the call returned. */
    __u64 ring_address; /* The next four are the caller's claims; 0 in a destroyed record. */
    __u64 write_address;
    __u64 read_address;
    __u32 ring_bytes;
    __u32 gpu_id; /* 0 in a destroyed record: the number alone names the queue. */
    __u32 queue_number;
    __u32 tgid; /* In the agent's pid namespace; 0 if it is not visible there. */
    __u8 kind;
    __u8 queue_type;
    __u8 reserved[6];
};

/* What the programs could not tell; both only grow. */
struct queue_event_counters {
    __u64 dropped;    /* The ring was full: a scan is needed to find these queues. */
    __u64 unreadable; /* The caller's argument was too short or already unmapped. */
};

#ifdef __cplusplus
static_assert(sizeof(queue_event) == 56);
#else
_Static_assert(sizeof(struct queue_event) == 56, "shared with user space");
#endif

#endif
