/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Pointer event: a watched queue's write pointer moved, seen in the submitter's own context.
 *
 * The agent fills `slots` and marks processes by pidfd, the gate maps `slots` and the ring into its
 * memory. A slot is armed by the gate when a move would be news, and disarmed by the program that
 * reports it: a busy queue costs no events.
 */
#ifndef PENSTOCK_BPF_POINTER_EVENT_H
#define PENSTOCK_BPF_POINTER_EVENT_H

#include <linux/types.h>

#define WATCH_SLOTS 1024          /* Queues that can be watched at once. */
#define WATCH_SLOTS_PER_PROCESS 8 /* More are sampled instead; the loop in BPF has this bound. */
#define POINTER_RING_BYTES (64 * 1024)

struct watch_slot {
    __u64 write_address; /* Set by the agent before the slot is listed for a process. */
    __u64 last;          /* Last value seen by BPF; reset by the agent for a new user. */
    __u32 armed;         /* 1: report the next move. Set by the gate, cleared by BPF. */
    __u32 reserved;
};

/* Task storage of the watched process' group leader; the agent sets it through a pidfd. */
struct watched_process {
    __u32 count;
    __u32 slots[WATCH_SLOTS_PER_PROCESS];
};

enum pointer_event_how {
    POINTER_EVENT_SWITCH = 1, /* At a context switch of the submitter. */
    POINTER_EVENT_TICK = 2,   /* At a clock tick while it ran. */
};

struct pointer_event {
    __u64 ns; /* CLOCK_MONOTONIC. */
    __u64 written;
    __u32 slot;
    __u32 how;
};

struct pointer_event_counters {
    __u64 reported;
    __u64 dropped; /* The ring was full; the slot stayed armed and is looked at again. */
};

#ifdef __cplusplus
static_assert(sizeof(watch_slot) == 24 && sizeof(pointer_event) == 24);
#else
_Static_assert(sizeof(struct watch_slot) == 24, "shared with user space");
_Static_assert(sizeof(struct pointer_event) == 24, "shared with user space");
#endif

#endif
