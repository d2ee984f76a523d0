// SPDX-License-Identifier: Apache-2.0
//
// Restoration: undoes what the ledger has left over, first of all what a gate that was killed had
// taken off the devices.

#pragma once

#include <string>
#include <vector>

#include "agent/gate/eviction_ledger.h"
#include "agent/gate/ports.h"
#include "kmod-helpers/process_evict.h"
#include "kmod-helpers/vendor_ioctl.h"

namespace penstock::gate {

struct RestoreParts {
    Tracer& tracer;  // To be attended to afterwards: what was seized leaves when it has stopped.
    kfd::EvictPort* evict = nullptr;    // Null without a device that can.
    kfd::VendorPort* vendor = nullptr;  // Null unless configured.
    Tree proc{"/proc"};
};

struct Restored {
    std::uint32_t resumed = 0;  // Lines whose undo the driver accepted, or found already done.
    std::uint32_t gone = 0;     // Lines of processes that have ended.
    std::vector<std::string> troubles{};  // One sentence for each line that stays.
};

// Lines of undos that succeed or are no longer needed are struck; the others stay left over, so
// that another call tries again.
[[nodiscard]] Restored restore_all(EvictionLedger& ledger, const RestoreParts& parts);

}  // namespace penstock::gate
