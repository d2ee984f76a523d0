// SPDX-License-Identifier: Apache-2.0
//
// Catalogue: the one table of policies.

#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "policies/policy.h"
#include "policies/policy_settings.h"

namespace penstock {

struct CatalogueEntry {
    std::string_view name;
    std::string_view sentence;  // What it does, for a person choosing one.
    std::unique_ptr<Policy> (*make)(const PolicySettings& settings);
};

[[nodiscard]] std::span<const CatalogueEntry> catalogue();

// The error names the policies there are.
[[nodiscard]] Result<std::unique_ptr<Policy>> make_policy(std::string_view name,
                                                          const PolicySettings& settings = {});

}  // namespace penstock
