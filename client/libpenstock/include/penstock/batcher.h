// SPDX-License-Identifier: Apache-2.0
//
// Batcher: which requests a server of generation requests runs together next.
//
// A server submits requests as they come, asks for the next batch of a device whenever that is
// free, and says when it is over. The batcher decides, by the rules of docs/batching.md and with
// the code of penstock-sim: what was simulated is what is served. It follows the board where it is
// told to, so that batches shrink while others need the memory's bandwidth, and needs no agent.
//
// It knows no clock: `now_ns` is any clock that does not go back, the same in all calls. It makes
// no system call but for memory, starts no thread and never waits. A call that fails has changed
// nothing. Functions return 0 or a negative errno, as all of libpenstock; penstock_error() has the
// sentence. A batcher is for one thread at a time: who comes while another is inside gets EBUSY.

#ifndef PENSTOCK_BATCHER_H
#define PENSTOCK_BATCHER_H

#include <penstock/penstock.h>

#ifdef __cplusplus
extern "C" {
#endif

struct penstock_batcher;

#define PENSTOCK_BATCHER_MOST_TOKENS 100000000U   // Of a prompt, and of an output.
#define PENSTOCK_BATCHER_MOST_REQUESTS 67108864U  // That wait or run at a time.

// `config` are `length` bytes of JSON, as penstock-sim takes them, at most a MiB. With several bins
// it has "bin_boundaries". "num_gpus" is how many devices there are; times count for nothing. The
// sentence of EINVAL begins with the line. ENOMEM.
int penstock_batcher_open(const char* config, size_t length, struct penstock_batcher** batcher);

void penstock_batcher_close(struct penstock_batcher* batcher);

// Batches so much smaller from now on: 0..1, to a millionth; 1 at first. ENOMEM, EINVAL, EBUSY.
int penstock_batcher_set_scale(struct penstock_batcher* batcher, double scale);

// From now on each batch is as the board of this client says at that moment, which costs no system
// call; or as was set, where that is less. In "multi_bin_fixed" a bin is full as it says when a
// request comes or a batch is asked for. Without an agent it is as was set. The client is closed
// after the batcher, or after a null client was followed. EINVAL, EBUSY.
int penstock_batcher_follow(struct penstock_batcher* batcher, const struct penstock_client* client);

struct penstock_batch_request {
    size_t size;
    int64_t id;          // The server's own: different from those of all that wait or run.
    uint32_t prompt;     // Tokens, 1..PENSTOCK_BATCHER_MOST_TOKENS, as is the next one.
    uint32_t predicted;  // Tokens of output that are foreseen, and reserved in the cache.
};

// At the end of the queue. EEXIST: the id waits or runs; EAGAIN: too many wait or run; ENOMEM,
// EINVAL, EBUSY.
int penstock_batcher_submit(struct penstock_batcher* batcher,
                            const struct penstock_batch_request* request);

// Whoever asked has gone: a request that waits is not served, and its id is free again; a batch
// that was full with it is served without it. It is looked for from the front of the queue. One
// that runs goes on: it ends with its batch, or in continuous modes as one of the outputs of its
// iteration. ENOENT: no request has this id; EINPROGRESS: it runs; EINVAL, EBUSY.
int penstock_batcher_cancel(struct penstock_batcher* batcher, int64_t id);

// For "multi_bin_fixed", which waits for full batches: what waits is served without more company.
// Others may come later. Nothing else is changed by it. ENOMEM, EINVAL, EBUSY.
int penstock_batcher_flush(struct penstock_batcher* batcher);

#define PENSTOCK_BATCH_JOINED 1U   // It did not run on this device before.
#define PENSTOCK_BATCH_EVICTED 2U  // It does not run any more, and lost its cache: it waits again.

struct penstock_batch_item {
    int64_t id;
    uint32_t tokens;  // To compute in this iteration; of a whole batch all, as foreseen.
    uint32_t flags;   // PENSTOCK_BATCH_JOINED, PENSTOCK_BATCH_EVICTED.
};

struct penstock_next_batch {
    size_t size;
    // From the server: an array, and how many it holds.
    struct penstock_batch_item* items;
    uint32_t capacity;
    // To the server.
    uint32_t count;    // So many were written.
    uint32_t running;  // Of those, so many run. 0: there is nothing to do, and nothing to complete.
    uint32_t waiting;  // On no device, after this.
    uint32_t most;     // That might run at present, by the scale.
    uint32_t reserved;
    double scale;  // 0..1, as it counted.
};

// What the device runs next. In continuous modes this is one iteration: what runs already, then who
// joins, then who was evicted. In the others it is a batch that begins and ends together. No more
// run than there is room for: `capacity` should be as penstock_batcher_most() says. EBUSY: the
// device has not completed what it runs, or another thread is inside; ENOBUFS: there is no room for
// what runs already, or none at all; ENOMEM, EINVAL.
int penstock_batcher_next(struct penstock_batcher* batcher,
                          uint32_t device,
                          int64_t now_ns,
                          struct penstock_next_batch* batch);

struct penstock_batch_output {
    int64_t id;
    uint32_t tokens;  // Of output that there were, 0..PENSTOCK_BATCHER_MOST_TOKENS.
    uint32_t reserved;
};

// What the device was given is over. In continuous modes `outputs` are those that have ended with
// this iteration; who is not among them runs on. In the others all have ended, and who is not among
// them had as many tokens as were foreseen. `outputs` may be null with a `count` of 0. ENODATA: the
// device runs nothing; ENOENT: an id does not run there; EEXIST: an id is there twice; ENOMEM,
// EINVAL, EBUSY.
int penstock_batcher_completed(struct penstock_batcher* batcher,
                               uint32_t device,
                               int64_t now_ns,
                               const struct penstock_batch_output* outputs,
                               size_t count);

// The largest batch that there can ever be, with a whole scale; 0 of a null batcher.
uint32_t penstock_batcher_most(const struct penstock_batcher* batcher);

#ifdef __cplusplus
}
#endif

#endif
