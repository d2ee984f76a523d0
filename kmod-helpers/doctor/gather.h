// SPDX-License-Identifier: Apache-2.0
//
// Gathers the facts about a machine from its files; opens no device and needs no privilege.

#pragma once

#include "base/tree.h"
#include "kmod-helpers/doctor/facts.h"

namespace penstock::doctor {

// `root` is "/", or a folder that holds sys, proc, dev and etc of another machine: then there is no
// caller to speak of. Cannot fail: what cannot be read is a fact too.
[[nodiscard]] Facts gather(const Tree& root, std::optional<Caller> caller = std::nullopt);

// The process that runs this.
[[nodiscard]] Caller this_caller();

}  // namespace penstock::doctor
