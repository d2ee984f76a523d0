// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/vtable.h"

#include <fmt/format.h>

#include <cerrno>

namespace penstock::dbus {

int report(const Refusal& refusal, sd_bus_error* error) {
    // Makes copies, and returns the negative errno that belongs to the name.
    return sd_bus_error_set(error, refusal.name, refusal.sentence.c_str());
}

int report_unreadable(int result, sd_bus_error* error) {
    if (result == -E2BIG) {
        return report(
            {error::invalid_args, fmt::format("a string is longer than {} bytes", longest_string)},
            error);
    }
    return report({error::invalid_args, "the arguments do not have the member's signature"}, error);
}

}  // namespace penstock::dbus
