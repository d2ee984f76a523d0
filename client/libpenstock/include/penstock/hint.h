// SPDX-License-Identifier: Apache-2.0
//
// The hint page: one page of memory in which a program says how it gets on and what comes next.
//
// A program gets its descriptor from org.penstock1.Manager.RegisterSelf and maps
// PENSTOCK_HINT_SIZE bytes of it for writing; from then on a report costs one addition and no
// system call. The agent made the page, and nobody can shorten it. It reads each field once in half
// a second, with relaxed atomics, and what is out of range counts as unknown. What a page says may
// count for its own process, and for no other.
//
// When the agent has gone, whoever still writes its page writes into the void: the next agent gives
// another one. penstock_report_progress() of libpenstock takes care of that.
//
// The layout is frozen: fields are added in what is reserved, never moved, and `abi` rises only
// when an agent that knows the former one could not read it any more.
#ifndef PENSTOCK_HINT_H
#define PENSTOCK_HINT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PENSTOCK_HINT_MAGIC 0x48534e50U  // "PNSH" as bytes.
#define PENSTOCK_HINT_ABI 1U
#define PENSTOCK_HINT_SIZE 4096U

// What a program counts.
enum penstock_unit {
    PENSTOCK_UNIT_UNKNOWN = 0,
    PENSTOCK_UNIT_TOKENS = 1,
    PENSTOCK_UNIT_SAMPLES = 2,
    PENSTOCK_UNIT_STEPS = 3,
    PENSTOCK_UNIT_REQUESTS = 4,
    PENSTOCK_UNIT_FRAMES = 5
};

// What a program does now.
enum penstock_phase {
    PENSTOCK_PHASE_UNKNOWN = 0,
    PENSTOCK_PHASE_WAITING = 1,  // For work.
    PENSTOCK_PHASE_LOADING = 2,  // Weights or data.
    PENSTOCK_PHASE_PREFILL = 3,
    PENSTOCK_PHASE_DECODE = 4,
    PENSTOCK_PHASE_TRAINING = 5
};

#define PENSTOCK_HINT_MOST_BATCH (1U << 20)
#define PENSTOCK_HINT_MOST_BYTES (UINT64_C(1) << 50)

// Written once, by the agent.
struct penstock_hint_header {
    uint32_t magic;
    uint32_t abi;
    uint32_t size;  // Of the page, in bytes.
    uint32_t reserved;
    uint64_t reserved_too[6];
};

struct penstock_hint_page {
    struct penstock_hint_header header;
    uint64_t progress;    // Units done, by all threads, since whenever: it only grows.
    uint32_t unit;        // enum penstock_unit.
    uint32_t phase;       // enum penstock_phase.
    uint64_t next_bytes;  // That the next heavy operation will move, 0..2^50; 0: unknown.
    uint32_t batch;       // That it would take if it could, 0..2^20; 0: unknown.
    uint32_t reserved;
    uint64_t reserved_too[500];
};

#ifdef __cplusplus
}
#endif

#endif
