// SPDX-License-Identifier: Apache-2.0
//
// The board: one page of memory that the agent writes at every tick and that clients only read.
//
// A client gets its descriptor from org.penstock1.Manager.OpenBoard, maps PENSTOCK_BOARD_SIZE bytes
// of it for reading, and then knows how loaded the memory is without a system call. Nobody can
// write or shorten it but the agent that made it; another agent makes another one, of a higher
// generation.
//
// To read without seeing half of a change: read `sequence` (acquire); while it is odd, begin again;
// copy what is wanted; fence (acquire); read `sequence` again; where it differs, begin again.
// penstock_board_read() of libpenstock does so.
//
// The layout is frozen: fields are added in what is reserved, never moved, and `abi` rises only
// when a reader of the former one could not read it any more.
#ifndef PENSTOCK_BOARD_H
#define PENSTOCK_BOARD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PENSTOCK_BOARD_MAGIC 0x42534e50U  // "PNSB" as bytes.
#define PENSTOCK_BOARD_ABI 1U
#define PENSTOCK_BOARD_SIZE 4096U
#define PENSTOCK_BOARD_MOST_NODES 63U

// What a memory node that is close to saturation asks of those who use it; each level asks for what
// those before ask for, too.
enum penstock_level {
    PENSTOCK_THROTTLE_NONE = 0,
    PENSTOCK_THROTTLE_REDUCE_BATCH = 1,  // Batches as much smaller as the batch scale says.
    PENSTOCK_THROTTLE_DELAY_LAUNCH = 2,  // Heavy operations spaced by the rate left for them.
    PENSTOCK_THROTTLE_FALL_BACK = 3      // Another device, where the operation ends as soon there.
};

// Where to run an operation.
enum penstock_device {
    PENSTOCK_DEVICE_ANY = 0,  // No advice: wherever it would run anyway.
    PENSTOCK_DEVICE_CPU = 1,
    PENSTOCK_DEVICE_GPU = 2
};

// Why an advice is what it is.
enum penstock_advice_reason {
    PENSTOCK_ADVICE_NOT_SATURATED = 0,  // The level asks nobody to fall back.
    PENSTOCK_ADVICE_CRITICAL = 1,       // Whoever is critical never falls back.
    PENSTOCK_ADVICE_SAME_MEMORY = 2,    // The processor would move the same bytes, no sooner.
    PENSTOCK_ADVICE_FEWER_BYTES = 3,    // The processor moves fewer bytes.
    PENSTOCK_ADVICE_OTHER_MEMORY = 4,   // The processor moves the bytes of another memory.
    PENSTOCK_ADVICE_SOONER = 5,         // The processor is done as soon.
    PENSTOCK_ADVICE_COSTS_UNKNOWN = 6   // Of the operation too little is known to compare.
};

// How the utilization is known.
enum penstock_confidence {
    PENSTOCK_CONFIDENCE_UNKNOWN = 0,  // It is not; the level is then none.
    PENSTOCK_CONFIDENCE_COUNTER = 1,
    PENSTOCK_CONFIDENCE_DERIVED = 2,
    PENSTOCK_CONFIDENCE_HEURISTIC = 3
};

#define PENSTOCK_BOARD_EMULATED 1U  // Of a node: its figures come from an emulated device.
#define PENSTOCK_BOARD_CLOSED 1U    // Of the board: its agent has left, and writes no more.

struct penstock_board_header {
    uint32_t magic;
    uint32_t abi;
    uint32_t size;       // Of the board, in bytes.
    uint32_t node_size;  // Of each node's entry, in bytes.
    uint64_t sequence;   // Odd while the agent writes.
    uint64_t generation;
    int64_t written_ns;   // When it was last written, CLOCK_MONOTONIC.
    int64_t valid_ns;     // How long it holds from then on: afterwards the agent has fallen silent.
    uint32_t node_count;  // Entries that are in use; of more nodes the first ones.
    uint32_t flags;       // PENSTOCK_BOARD_CLOSED.
    uint64_t reserved;
};

// Of one memory node.
struct penstock_board_node {
    uint32_t node;            // Linux' number of it. Entries are sorted by it.
    uint32_t throttle_level;  // enum penstock_level.
    double utilization;       // Of the peak, smoothed over 50 ms; negative while it is unknown.
    double batch_scale;       // 0.25..1: how much of a usual batch to take.
    uint64_t peak_bytes_per_second;   // UINT64_MAX while it is unknown, as the next one.
    uint64_t spare_bytes_per_second;  // What is left for whoever has no right to more.
    int64_t advice_valid_until_ns;    // CLOCK_MONOTONIC.
    uint32_t advice_device;           // enum penstock_device.
    uint32_t advice_reason;           // enum penstock_advice_reason.
    uint16_t advice_confidence;       // 0..10000 for 0..1.
    uint16_t confidence;              // enum penstock_confidence.
    uint32_t flags;                   // PENSTOCK_BOARD_EMULATED.
};

struct penstock_board {
    struct penstock_board_header header;
    struct penstock_board_node nodes[PENSTOCK_BOARD_MOST_NODES];
};

#ifdef __cplusplus
}
#endif

#endif
