// SPDX-License-Identifier: Apache-2.0
//
// The same headers in C++, with nothing of ours beside them.

#include <penstock/batcher.h>
#include <penstock/penstock.h>

#include <type_traits>

static_assert(std::is_standard_layout_v<penstock_board> && std::is_trivial_v<penstock_op> &&
              std::is_standard_layout_v<penstock_hint_page> &&
              std::is_trivial_v<penstock_batch_item>);

int main() {
    return penstock_throttle_level(nullptr) == PENSTOCK_THROTTLE_NONE ? 0 : 1;
}
