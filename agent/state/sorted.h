// SPDX-License-Identifier: Apache-2.0
//
// Sorted: lookup and insertion in vectors kept in the order of one member.

#pragma once

#include <algorithm>
#include <functional>
#include <utility>

namespace penstock {

// Nothing when no item has the key. Valid until the vector changes.
template <typename Items, typename Key, typename Member>
[[nodiscard]] auto find_sorted(Items& items, const Key& key, Member member)
    -> decltype(items.data()) {
    const auto found = std::ranges::lower_bound(items, key, {}, member);
    return found != items.end() && std::invoke(member, *found) == key ? &*found : nullptr;
}

// The caller has made sure that no item has this one's key.
template <typename Items, typename Item, typename Member>
void insert_sorted(Items& items, Item&& item, Member member) {
    const auto at = std::ranges::lower_bound(items, std::invoke(member, item), {}, member);
    items.insert(at, std::forward<Item>(item));
}

}  // namespace penstock
