// SPDX-License-Identifier: Apache-2.0
//
// Device choice: which device a client uses that was not told one.

#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/tree.h"

namespace penstock::workload {

// `asked`, or with 0 the first device in the topology below `sysfs`, in the order of its nodes.
[[nodiscard]] Result<std::uint32_t> choose_gpu(const Tree& sysfs, std::uint32_t asked);

}  // namespace penstock::workload
