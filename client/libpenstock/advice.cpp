// SPDX-License-Identifier: Apache-2.0
//
// What the board says to a program: levels, batches, and where to run an operation.

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "base/clock.h"
#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"

namespace {

using penstock::client::failed;

// Of the busiest node that counts; nothing is left where nothing is known.
std::uint64_t spare_rate(const penstock_client& client) {
    penstock_board_node node{};
    if (!client.view.busiest(client.node, node) || node.spare_bytes_per_second == UINT64_MAX) {
        return 0;
    }
    return node.spare_bytes_per_second;
}

}  // namespace

int penstock_board_read(const penstock_client* client,
                        std::uint32_t node,
                        penstock_board_node* into) {
    if (client == nullptr || into == nullptr) {
        return failed(EINVAL, "there is no client, or no place for the node");
    }
    if (client->view.read(node, *into)) {
        return 0;
    }
    return client->view.standing() == penstock::client::BoardView::Standing::live
               ? failed(ENOENT, "the board has no such node")
               : failed(ENODATA, penstock_reason(client));
}

std::uint32_t penstock_throttle_level(const penstock_client* client) {
    return client != nullptr ? client->view.level(client->node)
                             : std::uint32_t{PENSTOCK_THROTTLE_NONE};
}

double penstock_batch_scale(const penstock_client* client) {
    return client != nullptr ? client->view.summary(client->node).batch_scale : 1;
}

std::uint32_t penstock_batch(const penstock_client* client,
                             std::uint32_t batch,
                             std::uint64_t fixed_bytes,
                             std::uint64_t item_bytes) {
    const double variable = static_cast<double>(item_bytes) * batch;
    if (variable <= static_cast<double>(fixed_bytes)) {
        return batch;
    }
    const double scaled = std::floor(penstock_batch_scale(client) * batch);
    return std::clamp(static_cast<std::uint32_t>(scaled), std::min(1U, batch), batch);
}

int penstock_device_advice(penstock_client* client,
                           const penstock_costs* costs,
                           penstock_advice* advice) {
    penstock_costs given{};
    if (client == nullptr || costs == nullptr || advice == nullptr ||
        !penstock::client::copy_sized(&given, sizeof(given), costs, costs->size)) {
        return failed(EINVAL, "the costs do not say their size, or there is no client or no place");
    }
    if (client->is_forked()) {
        return failed(ECHILD, "the client was opened before a fork: this process needs its own");
    }
    const std::uint64_t gpu_rate =
        given.gpu_bytes_per_second != 0 ? given.gpu_bytes_per_second : spare_rate(*client);
    const penstock::OperationCosts known{.gpu_bytes = given.gpu_bytes,
                                         .cpu_bytes = given.cpu_bytes,
                                         .gpu_rate = {gpu_rate},
                                         .cpu_rate = {given.cpu_bytes_per_second},
                                         .other_memory = given.other_memory != 0,
                                         .critical = client->critical};
    const auto level = static_cast<penstock::ThrottleLevel>(
        std::min<std::uint32_t>(penstock_throttle_level(client), PENSTOCK_THROTTLE_FALL_BACK));
    const std::scoped_lock lock(client->advice_mutex);
    const auto& standing = client->adviser.advise(level, known, penstock::monotonic_now());
    *advice = {.device = static_cast<std::uint32_t>(standing.advice.device),
               .reason = static_cast<std::uint32_t>(standing.advice.reason),
               .confidence = standing.advice.confidence,
               .valid_until_ns = penstock::to_ns(standing.valid_until)};
    return 0;
}
