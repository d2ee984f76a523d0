// SPDX-License-Identifier: Apache-2.0
//
// Choice lines: what the journal says when a client has chosen on what terms a process runs.

#pragma once

#include <cstdint>

#include "policies/terms.h"

namespace penstock {

void journal_choices(std::uint32_t pid, const Choices& choices);

}  // namespace penstock
