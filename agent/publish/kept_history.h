// SPDX-License-Identifier: Apache-2.0
//
// Kept history: the hour that the agent remembers, and how much of it each user may ask for.

#pragma once

#include "agent/publish/request_quota.h"
#include "agent/state/history.h"

namespace penstock::dbus {

struct KeptHistory {
    // A point costs about a third of a microsecond to write, and nothing else is served meanwhile:
    // whoever asks for hours without end gets a hundredth of the agent's time.
    static constexpr std::size_t points_per_request = 256;
    static constexpr RequestQuota::Share share{.per_second = 100, .burst = 500};

    History figures{};
    RequestQuota quota{share};  // An answer counts as one request for each so many points.
};

}  // namespace penstock::dbus
