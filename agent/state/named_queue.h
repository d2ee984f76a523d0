// SPDX-License-Identifier: Apache-2.0
//
// Named queue: a queue as clients name it, before anybody has looked whether there is one.

#pragma once

#include <cstdint>

#include "policies/snapshot.h"

namespace penstock {

struct NamedQueue {
    std::uint32_t pid = 0;
    GpuId gpu{};
    std::uint32_t number = 0;
};

}  // namespace penstock
