// SPDX-License-Identifier: Apache-2.0
//
// Reports of this process about itself: how it gets on, and what comes next.

#include <cerrno>

#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"

namespace {

using penstock::client::failed;

// A child that wrote its parent's page would speak in the parent's name.
int reach(const penstock_client* client) {
    if (client == nullptr) {
        return failed(EINVAL, "there is no client");
    }
    return client->is_forked()
               ? failed(ECHILD, "the client was opened before a fork: this process needs its own")
               : 0;
}

int shown(const penstock_client& client) {
    return client.hints->shown() ? 0 : failed(ENODATA, client.keeper->hint_reason());
}

bool in_range(const penstock_hints& hints) {
    return hints.unit <= PENSTOCK_UNIT_FRAMES && hints.phase <= PENSTOCK_PHASE_TRAINING &&
           hints.batch <= PENSTOCK_HINT_MOST_BATCH && hints.next_bytes <= PENSTOCK_HINT_MOST_BYTES;
}

}  // namespace

int penstock_report_progress(penstock_client* client, std::uint64_t units) {
    if (const int trouble = reach(client); trouble != 0) {
        return trouble;
    }
    client->hints->add(units);
    return shown(*client);
}

int penstock_report_hints(penstock_client* client, const penstock_hints* hints) {
    if (const int trouble = reach(client); trouble != 0) {
        return trouble;
    }
    penstock_hints said{};
    if (hints == nullptr ||
        !penstock::client::copy_sized(&said, sizeof(said), hints, hints->size)) {
        return failed(EINVAL, "the hints do not say their size");
    }
    if (!in_range(said)) {
        return failed(EINVAL,
                      "a hint is out of range: units and phases are those of penstock/hint.h, a "
                      "batch is at most 2^20, and bytes are at most 2^50");
    }
    client->hints->say({.unit = said.unit,
                        .phase = said.phase,
                        .batch = said.batch,
                        .next_bytes = said.next_bytes});
    return shown(*client);
}
