// SPDX-License-Identifier: Apache-2.0
//
// Memory plan: how large a buffer must be that no cache holds it, and how large it may be.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/probes/machine.h"

namespace penstock::calibration {

struct CacheSizes {
    std::uint64_t largest = 0;   // Of one last-level cache; 0 where sysfs does not tell.
    std::uint64_t together = 0;  // Of all that these processors have.
};

[[nodiscard]] CacheSizes last_level_caches(Machine& machine, const std::vector<int>& processors);

// What could be used without others having to give anything back, also within the limits of our
// control groups.
[[nodiscard]] Result<std::uint64_t> available_memory(Machine& machine);

// Four times the caches, but no more than an eighth of the available memory and 4 GiB: two such
// buffers are used at a time. Fails where that is less than twice the caches, since what is
// measured then is a cache. Where the caches are unknown it takes them to have 64 MiB.
[[nodiscard]] Result<std::uint64_t> buffer_bytes_for(std::uint64_t cache_bytes,
                                                     std::uint64_t available_bytes);

// "128 MiB".
[[nodiscard]] std::string mebibytes_text(std::uint64_t bytes);

}  // namespace penstock::calibration
