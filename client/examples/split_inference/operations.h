// SPDX-License-Identifier: Apache-2.0
//
// Operations: what a token of text takes in a transformer's layer.

#pragma once

#include <penstock/penstock.h>

#include <array>
#include <cstdint>

namespace penstock::split_inference {

struct Operation {
    penstock_op_class kind;
    std::uint32_t parts;  // Of a token's bytes, and as many kernels.
};

// By their weights, with hidden states of d: 3 d^2, d^2 and 8 d^2 or more; and what attention reads
// of keys and values.
inline constexpr std::array operations{
    Operation{.kind = PENSTOCK_OP_ATTENTION_QKV_PROJ, .parts = 4},
    Operation{.kind = PENSTOCK_OP_ATTENTION_SCORES, .parts = 2},
    Operation{.kind = PENSTOCK_OP_ATTENTION_OUTPUT_PROJ, .parts = 2},
    Operation{.kind = PENSTOCK_OP_EXPERT_FFN, .parts = 12},
};
inline constexpr std::uint32_t all_parts = 20;

}  // namespace penstock::split_inference
