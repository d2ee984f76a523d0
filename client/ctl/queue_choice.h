// SPDX-License-Identifier: Apache-2.0
//
// Queue choice: which queue of a process a command line means.

#pragma once

#include <cstdint>
#include <optional>

namespace penstock::ctl {

struct QueueChoice {
    std::uint32_t number = 0;
    std::optional<std::uint32_t>
        gpu_id{};  // A process' numbers differ anyway, whatever the device.
};

}  // namespace penstock::ctl
