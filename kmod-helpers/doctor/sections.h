// SPDX-License-Identifier: Apache-2.0
//
// Sections of the examination; each adds its findings, and leaves out what does not apply.

#pragma once

#include <vector>

#include "kmod-helpers/doctor/facts.h"
#include "kmod-helpers/doctor/finding.h"

namespace penstock::doctor {

using Findings = std::vector<Finding>;

void examine_driver(const Facts& facts, Findings& into);
void examine_access(const Facts& facts, Findings& into);
void examine_kernel(const Facts& facts, Findings& into);
void examine_tracing(const Facts& facts, Findings& into);
void examine_devices(const Facts& facts, Findings& into);

// The value as it was read, safe to print; or why there is none.
[[nodiscard]] std::string found_text(const Number& fact);
[[nodiscard]] std::string found_text(const Fact<std::string>& fact);

// A file that is there but says nothing that can be used.
[[nodiscard]] inline bool unreadable(const Number& fact) {
    return !fact.value && !fact.absent();
}

}  // namespace penstock::doctor
