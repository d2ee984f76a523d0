// SPDX-License-Identifier: Apache-2.0

#include "policies/catalogue.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "policies/fixed_priority.h"
#include "policies/observe_only.h"

namespace penstock {
namespace {

std::unique_ptr<Policy> make_fixed_priority() {
    return std::make_unique<FixedPriority>(FixedPriority::Settings{});
}

std::unique_ptr<Policy> make_observe_only() {
    return std::make_unique<ObserveOnly>();
}

constexpr std::array entries{
    CatalogueEntry{.name = "fixed-priority",
                   .sentence = "processes with work yield to those with a higher priority",
                   .make = &make_fixed_priority},
    CatalogueEntry{.name = "observe-only",
                   .sentence = "orders nothing; the driver shares the device",
                   .make = &make_observe_only},
};

}  // namespace

std::span<const CatalogueEntry> catalogue() {
    return entries;
}

Result<std::unique_ptr<Policy>> make_policy(std::string_view name) {
    const auto* const entry = std::ranges::find(entries, name, &CatalogueEntry::name);
    if (entry != entries.end()) {
        return entry->make();
    }
    std::string names;
    for (const CatalogueEntry& known : entries) {
        names.append(names.empty() ? "" : ", ").append(known.name);
    }
    return fail("there is no policy \"" + printable(name) + "\"; there are: " + names);
}

}  // namespace penstock
