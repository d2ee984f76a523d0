// SPDX-License-Identifier: Apache-2.0
//
// A program in C99 that includes the headers and links to the library as applications do.

#include <penstock/penstock.h>
#include <stdio.h>
#include <string.h>

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
    return is_quiet && sizeof(struct penstock_board) == PENSTOCK_BOARD_SIZE &&
                   sizeof(struct penstock_hint_page) == PENSTOCK_HINT_SIZE
               ? 0
               : 1;
}
