// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/memory_rounds.h"

namespace penstock::emulator {

std::vector<std::uint32_t> MemoryRounds::next(const OwnerTable& owners, TimePoint now) {
    std::vector<std::uint32_t> chosen;
    if (now < due_) {
        return chosen;
    }
    due_ = now + period;
    const OwnerTable::Owners& all = owners.all();
    auto at = all.upper_bound(last_);
    for (std::size_t seen = 0; seen < all.size() && chosen.size() < most_at_once; ++seen) {
        at = at == all.end() ? all.begin() : at;
        if (!at->second->queues.empty()) {
            chosen.push_back(at->first);
            last_ = at->first;
        }
        ++at;
    }
    return chosen;
}

}  // namespace penstock::emulator
