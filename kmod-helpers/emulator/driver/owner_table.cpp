// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/owner_table.h"

namespace penstock::emulator {

Owner* OwnerTable::find(std::uint32_t tgid) const {
    const auto found = owners_.find(tgid);
    return found == owners_.end() ? nullptr : found->second.get();
}

Owner* OwnerTable::find_or_add(std::uint32_t tgid) {
    if (Owner* const owner = find(tgid)) {
        return owner;
    }
    if (!deaths_.watch(tgid)) {
        return nullptr;
    }
    auto owner = std::make_unique<Owner>();
    owner->incarnation = ++last_incarnation_;
    owner->tgid = tgid;
    return owners_.emplace(tgid, std::move(owner)).first->second.get();
}

}  // namespace penstock::emulator
