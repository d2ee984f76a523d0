// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/own_terms.h"

#include <penstock/penstock.h>

namespace penstock::puppet {

std::string set_own_priority(const std::string& bus, int priority) {
    const penstock_options options{.size = sizeof(penstock_options),
                                   .bus = bus.c_str(),
                                   .wait_ms = 0,
                                   .node = PENSTOCK_ALL_NODES,
                                   .critical = 0};
    penstock_client* client = nullptr;
    int result = penstock_open(&options, &client);
    result = result < 0 ? result : penstock_set_priority(client, priority);
    penstock_close(client);
    return std::to_string(result) + (result < 0 ? std::string(" ") + penstock_error() : "");
}

}  // namespace penstock::puppet
