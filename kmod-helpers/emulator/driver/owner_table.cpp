// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/owner_table.h"

namespace penstock::emulator {

Owner* OwnerTable::find(std::uint32_t tgid) const {
    const auto found = owners_.find(tgid);
    return found == owners_.end() ? nullptr : found->second.get();
}

Owner* OwnerTable::find_incarnation(std::uint64_t incarnation) const {
    const auto found = by_incarnation_.find(incarnation);
    return found == by_incarnation_.end() ? nullptr : found->second;
}

void OwnerTable::remove(std::uint32_t tgid) {
    if (const Owner* const owner = find(tgid)) {
        by_incarnation_.erase(owner->incarnation);
        owners_.erase(tgid);
        deaths_.unwatch(tgid);
    }
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
    by_incarnation_[owner->incarnation] = owner.get();
    return owners_.emplace(tgid, std::move(owner)).first->second.get();
}

}  // namespace penstock::emulator
