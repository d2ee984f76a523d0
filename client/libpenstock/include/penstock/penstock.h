// SPDX-License-Identifier: Apache-2.0
//
// libpenstock: what a program can do to share memory bandwidth and an accelerator well.
//
// It reads the agent's board, which costs no system call, paces heavy operations as the board asks,
// and sets the program's own terms over D-Bus. Without an agent everything is a no-op with a
// reason: no level, a full batch, no delay.
//
// Functions that return int return 0, or a negative errno; penstock_error() then has a sentence.
// All may be called by any thread, with a null client too. After a fork the child goes on reading
// the board and measuring operations with the client that it has inherited, as long as the agent
// lives; what takes the bus or a lock (terms, advice) fails with ECHILD, and the child opens a
// client of its own.

#ifndef PENSTOCK_PENSTOCK_H
#define PENSTOCK_PENSTOCK_H

#include <penstock/board.h>
#include <penstock/hint.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct penstock_client;

#define PENSTOCK_ALL_NODES (-1)

// Structures begin with their size, so that they can grow: sizeof, as the program was compiled.
struct penstock_options {
    size_t size;
    const char* bus;    // "system", "session" or an address; null for "system".
    uint32_t wait_ms;   // How long penstock_open() waits for the board; 0: not at all.
    int32_t node;       // The memory node that counts; PENSTOCK_ALL_NODES: the busiest one.
    uint32_t critical;  // Not 0: operations are never delayed, and never sent elsewhere.
};

// Never fails for want of an agent: it is looked for as long as the client is open. Null options
// are the system bus, all nodes, and not to wait. ENOMEM, EINVAL.
int penstock_open(const struct penstock_options* options, struct penstock_client** client);

void penstock_close(struct penstock_client* client);

// Why there is no board now; "" while there is one. It stays valid.
const char* penstock_reason(const struct penstock_client* client);

// Why the last call of this thread that failed did so; valid until its next call.
const char* penstock_error(void);

// All that the board has of a node. ENODATA: there is no board, or its agent has fallen silent;
// ENOENT: the board has no such node.
int penstock_board_read(const struct penstock_client* client,
                        uint32_t node,
                        struct penstock_board_node* into);

// An enum penstock_level: the highest of the nodes that count.
uint32_t penstock_throttle_level(const struct penstock_client* client);

// The least of the nodes that count: 0.25..1.
double penstock_batch_scale(const struct penstock_client* client);

// The batch to take instead of `batch`, at least 1. An operation moves `fixed_bytes` whatever its
// batch is, and `item_bytes` for each item. Where the fixed part is the larger one, such as the
// weights of a decoding step, a smaller batch would move more bytes for each item, and the batch
// stays.
uint32_t penstock_batch(const struct penstock_client* client,
                        uint32_t batch,
                        uint64_t fixed_bytes,
                        uint64_t item_bytes);

// What is known of an operation on either device; 0 is unknown.
struct penstock_costs {
    size_t size;
    uint64_t gpu_bytes;
    uint64_t cpu_bytes;
    uint64_t gpu_bytes_per_second;  // 0: what is left on the node that counts.
    uint64_t cpu_bytes_per_second;
    uint32_t other_memory;  // Not 0: on the processor it would use a memory that is not saturated.
};

struct penstock_advice {
    uint32_t device;         // enum penstock_device.
    uint32_t reason;         // enum penstock_advice_reason.
    double confidence;       // 0..1.
    int64_t valid_until_ns;  // CLOCK_MONOTONIC.
};

// Where to run the operation. An advice stays for a second at least, so that one kind of operation
// should ask with one client. Without a board it is PENSTOCK_DEVICE_ANY.
int penstock_device_advice(struct penstock_client* client,
                           const struct penstock_costs* costs,
                           struct penstock_advice* advice);

// On what terms this process runs on the accelerator. It must have a queue. They wait for the
// agent's answer, a second at most. ESRCH: the process has no queue yet; EACCES: only an
// administrator may raise it; EINVAL; EHOSTUNREACH: there is no agent; ECHILD: after a fork.
int penstock_set_priority(struct penstock_client* client, int32_t priority);
int penstock_set_weight(struct penstock_client* client, uint32_t weight);
int penstock_set_class(struct penstock_client* client, const char* service_class);
int penstock_set_deadline(struct penstock_client* client, uint64_t usec);

// Adds to the units of its own work that this process has done: tokens, steps, whatever
// penstock_report_hints() says that it counts. It is one addition to memory, with no lock and no
// system call, so that it may stand in the innermost loop; the agent makes units per second of it,
// which everybody may see (Process.ProgressPerSecond). The first report has the process registered
// within a second or so. ENODATA: nobody reads it now, and it does no harm; ECHILD: after a fork;
// EINVAL.
int penstock_report_progress(struct penstock_client* client, uint64_t units);

// What a process says of itself; 0 is unknown. It may count for this process, and for no other.
struct penstock_hints {
    size_t size;
    uint32_t unit;        // enum penstock_unit: what it counts as its progress.
    uint32_t phase;       // enum penstock_phase: what it does now.
    uint32_t batch;       // That it would take if it could, at most 2^20.
    uint64_t next_bytes;  // That its next heavy operation will move, at most 2^50.
};

// In the place of what was said before. It takes no lock and no system call. As above; EINVAL also
// for what is out of range.
int penstock_report_hints(struct penstock_client* client, const struct penstock_hints* hints);

// Kinds of operations. What is known of a kind is learnt from those that have run.
enum penstock_op_class {
    PENSTOCK_OP_ATTENTION_QKV_PROJ = 0,
    PENSTOCK_OP_ATTENTION_OUTPUT_PROJ = 1,
    PENSTOCK_OP_EXPERT_FFN = 2,
    PENSTOCK_OP_LARGE_MATMUL = 3,
    PENSTOCK_OP_ATTENTION_SCORES = 4,
    PENSTOCK_OP_USER = 8  // 8..15 are the program's own.
};

#define PENSTOCK_OP_CLASSES 16U

// One operation that runs. It belongs to who began it; its contents are the library's.
struct penstock_op {
    uint64_t began;
    uint64_t waited_ns;
    uint32_t op_class;
    uint32_t reserved;
};

// Before the launch. `bytes` are what it will move, or 0 for unknown. From level delay-launch on a
// heavy one waits here until what is left of the bandwidth lets it through: 5 ms at most, and all
// of a kind at most a quarter of their own time.
void penstock_op_begin(struct penstock_client* client,
                       uint32_t op_class,
                       uint64_t bytes,
                       struct penstock_op* op);

// When its last byte is moved: after the synchronization, not after the launch.
void penstock_op_end(struct penstock_client* client, struct penstock_op* op);

struct penstock_op_figures {
    size_t size;
    uint64_t count;
    uint64_t mean_ns;  // Of the operations' own time, without their waits.
    uint64_t p99_ns;   // Exact to 7 %.
    uint64_t waits;
    uint64_t waited_ns;  // By all of them.
};

// Of this client, since it was opened. EINVAL.
int penstock_op_stats(const struct penstock_client* client,
                      uint32_t op_class,
                      struct penstock_op_figures* stats);

// "expert_ffn"; "user_0" for PENSTOCK_OP_USER; null for what is no class.
const char* penstock_op_name(uint32_t op_class);

// A lease: the right to so many bytes per second of a resource that many share. It stops nobody;
// those who ask for one before they move much, and keep to its rate, do not ruin each other's
// bandwidth. It is held until it is released, and ends with the process. A child that is forked
// meanwhile holds it, too, until it executes another program, ends or releases it; then only its
// own hold ends. A client is closed after its leases.
struct penstock_lease;

// Exclusive also where calibration says that all together lose by it.
#define PENSTOCK_EXCLUSIVE_INSIST 2U

struct penstock_lease_options {
    size_t size;
    const char* resource;  // "dram", "dram-read", "dram-write", "pcie-h2d", "pcie-d2h"; null: dram.
    const char* target;    // D-Bus object of the node or device; null: the only one there is.
    uint64_t bytes_per_second;      // What is of use; more than 0.
    uint64_t min_bytes_per_second;  // Less is not: no grant falls below it. 0: any rate will do.
    uint64_t wait_usec;             // How long to wait for that; 0: not at all, 60 s at most.
    // Not 0: all of the resource, and nobody beside it, for 50 ms. It is EBUSY where that is of no
    // use, which PENSTOCK_EXCLUSIVE_INSIST does not mind.
    uint32_t exclusive;
    const char* lease_class;  // "critical", "normal", "stream", "background"; null: as its Class.
    const char* why;          // For people; null for nothing.
};

// Blocks as long as it was told to, and for the agent's answer. EBUSY: it can not be granted in
// time; EDQUOT: more than a user's part; EAGAIN: too many leases; ENODATA: nobody knows what the
// resource can move; EACCES: the class; EINVAL; EHOSTUNREACH: there is no agent; ECHILD: after a
// fork. The lease is null then, and a program goes on without.
int penstock_lease_acquire(struct penstock_client* client,
                           const struct penstock_lease_options* options,
                           struct penstock_lease** lease);

// Bytes per second that the holder may move at present: as the agent said in the last 20 ms, if
// this is called often. It does not wait. 0: the lease has ended; UINT64_MAX of a null lease, which
// bounds nothing.
uint64_t penstock_lease_rate(struct penstock_lease* lease);

void penstock_lease_release(struct penstock_lease* lease);

#ifdef __cplusplus
}
#endif

#endif
