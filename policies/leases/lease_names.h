// SPDX-License-Identifier: Apache-2.0
//
// Lease names: how resources and classes of leases are spelt to people and on D-Bus.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policies/leases/lease.h"
#include "policies/snapshot.h"

namespace penstock {

// What a lease can be of. Reading, writing and both draw from the one budget of the memory node:
// the name says what the holder means to move.
enum class LeaseResource : std::uint8_t { dram, dram_read, dram_write, pcie_h2d, pcie_d2h };

[[nodiscard]] std::string_view name_of(LeaseResource resource);
[[nodiscard]] std::optional<LeaseResource> lease_resource_named(std::string_view name);
[[nodiscard]] LeasePool::Kind pool_kind_of(LeaseResource resource);

// "dram, dram-read, ...", for sentences.
[[nodiscard]] std::string lease_resource_list();

[[nodiscard]] std::string_view name_of(LeaseClass lease_class);
[[nodiscard]] std::optional<LeaseClass> lease_class_named(std::string_view name);

// What an owner's class is worth when it asks for a lease.
[[nodiscard]] LeaseClass lease_class_of(ServiceClass service_class);

}  // namespace penstock
