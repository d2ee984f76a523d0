// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/refusal.h"

#include <cerrno>

namespace penstock::dbus {

std::unexpected<Refusal> refuse(const Error& failure) {
    const char* name = error::failed;
    if (failure.code == ESRCH) {
        name = error::process_gone;
    } else if (failure.code == EINVAL || failure.code == ERANGE) {
        name = error::invalid_args;
    } else if (failure.code == EPROTO) {
        return refuse(error::policy_fault, failure.doing);
    } else if (failure.code == ENOTSUP) {
        name = error::not_supported;
    }
    return refuse(name, failure.message());
}

}  // namespace penstock::dbus
