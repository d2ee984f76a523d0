// SPDX-License-Identifier: Apache-2.0
//
// Confidence: how far a measured value can be trusted (docs/glossary.md), best first.

#pragma once

#include <cstdint>

namespace penstock {

enum class Confidence : std::uint8_t { counter, derived, heuristic };

}  // namespace penstock
