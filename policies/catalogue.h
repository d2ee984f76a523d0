// SPDX-License-Identifier: Apache-2.0
//
// Catalogue: the one table of policies.

#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "policies/policy.h"
#include "policies/setting_table.h"

namespace penstock {

struct CatalogueEntry {
    std::string_view name;
    std::string_view sentence;  // What it does, for a person choosing one.
    std::unique_ptr<Policy> (*make)(const PolicySettings& settings);
    PolicySettings usual{};  // The settings that it takes, with their defaults.
};

[[nodiscard]] std::span<const CatalogueEntry> catalogue();

// The error names the policies there are.
[[nodiscard]] Result<const CatalogueEntry*> find_policy(std::string_view name);

// Whether the policy takes what is there in `settings`. The error names the settings it takes, by
// `names`.
[[nodiscard]] Result<> check_settings(
    const CatalogueEntry& policy,
    const PolicySettings& settings,
    std::string_view PolicySetting::* names = &PolicySetting::name);

// What the policy goes by when it is made with these.
[[nodiscard]] PolicySettings effective(const CatalogueEntry& policy,
                                       const PolicySettings& settings);

// Fails as the two above do.
[[nodiscard]] Result<std::unique_ptr<Policy>> make_policy(std::string_view name,
                                                          const PolicySettings& settings = {});

}  // namespace penstock
