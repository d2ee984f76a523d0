// SPDX-License-Identifier: Apache-2.0
//
// A program in C99 that includes the headers and links to the library as applications do.

#include <penstock/batcher.h>
#include <penstock/penstock.h>
#include <stdio.h>
#include <string.h>

static int serves_what_it_was_asked(void) {
    static const char config[] = "{\"mode\": \"static_fifo\", \"b_fixed\": 2}";
    struct penstock_batcher* batcher = NULL;
    struct penstock_batch_request request;
    struct penstock_batch_item items[2];
    struct penstock_next_batch batch;
    int fine = penstock_batcher_open(config, strlen(config), &batcher) == 0;
    memset(&request, 0, sizeof request);
    memset(&batch, 0, sizeof batch);
    request.size = sizeof request;
    batch.size = sizeof batch;
    batch.items = items;
    batch.capacity = 2;
    request.id = 17;
    request.prompt = request.predicted = 8;
    fine = fine && penstock_batcher_submit(batcher, &request) == 0 &&
           penstock_batcher_next(batcher, 0, 0, &batch) == 0 && batch.running == 1 &&
           items[0].id == 17 && penstock_batcher_completed(batcher, 0, 9, NULL, 0) == 0;
    penstock_batcher_close(batcher);
    return fine;
}

int main(void) {
    struct penstock_client* client = NULL;
    struct penstock_options options;
    struct penstock_op op;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.bus = "unix:path=/nonexistent/bus";
    options.node = PENSTOCK_ALL_NODES;
    if (penstock_open(&options, &client) != 0) {
        puts(penstock_error());
        return 1;
    }
    penstock_op_begin(client, PENSTOCK_OP_EXPERT_FFN, 1 << 24, &op);
    penstock_op_end(client, &op);
    struct penstock_hints hints;
    memset(&hints, 0, sizeof hints);
    hints.size = sizeof hints;
    hints.unit = PENSTOCK_UNIT_TOKENS;
    /* Nobody reads them, and that does no harm. */
    if (penstock_report_hints(client, &hints) >= 0 || penstock_report_progress(client, 7) >= 0) {
        return 1;
    }
    const int is_quiet = penstock_throttle_level(client) == PENSTOCK_THROTTLE_NONE &&
                         strcmp(penstock_reason(client), "") != 0;
    penstock_close(client);
    return is_quiet && serves_what_it_was_asked() &&
                   sizeof(struct penstock_board) == PENSTOCK_BOARD_SIZE &&
                   sizeof(struct penstock_hint_page) == PENSTOCK_HINT_SIZE
               ? 0
               : 1;
}
