// SPDX-License-Identifier: Apache-2.0
//
// Growth: memory for what is about to come is asked for before anything changes, so that who runs
// out of it finds everything as it was. It doubles, so that growing one by one stays cheap.

#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace penstock::batching {

template <typename Item>
void make_room(std::vector<Item>& items, std::size_t count) {
    if (items.capacity() < count) {
        items.reserve(std::max(count, 2 * items.capacity()));
    }
}

}  // namespace penstock::batching
