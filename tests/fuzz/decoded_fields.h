// SPDX-License-Identifier: Apache-2.0
//
// What must hold of every field that a decoder makes, whatever the file was.

#pragma once

#include <cmath>
#include <vector>

#include "agent/probes/decode/decoded_field.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {

inline void require_sound(const std::vector<DecodedField>& fields) {
    for (const DecodedField& field : fields) {
        require(!field.name.empty());
        const double* number = field.value ? std::get_if<double>(&*field.value) : nullptr;
        require(number == nullptr || std::isfinite(*number));
    }
}

}  // namespace penstock::fuzz
