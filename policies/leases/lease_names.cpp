// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/lease_names.h"

#include <array>

namespace penstock {
namespace {

constexpr std::array resources{LeaseResource::dram,
                               LeaseResource::dram_read,
                               LeaseResource::dram_write,
                               LeaseResource::pcie_h2d,
                               LeaseResource::pcie_d2h};
constexpr std::array classes{
    LeaseClass::critical, LeaseClass::normal, LeaseClass::stream, LeaseClass::background};

template <typename All>
auto named(const All& all, std::string_view name) {
    using Value = typename All::value_type;
    for (const Value each : all) {
        if (name_of(each) == name) {
            return std::optional(each);
        }
    }
    return std::optional<Value>();
}

}  // namespace

std::string_view name_of(LeaseResource resource) {
    switch (resource) {
        case LeaseResource::dram_read:
            return "dram-read";
        case LeaseResource::dram_write:
            return "dram-write";
        case LeaseResource::pcie_h2d:
            return "pcie-h2d";
        case LeaseResource::pcie_d2h:
            return "pcie-d2h";
        case LeaseResource::dram:
            break;
    }
    return "dram";
}

std::optional<LeaseResource> lease_resource_named(std::string_view name) {
    return named(resources, name);
}

LeasePool::Kind pool_kind_of(LeaseResource resource) {
    switch (resource) {
        case LeaseResource::pcie_h2d:
            return LeasePool::Kind::to_device;
        case LeaseResource::pcie_d2h:
            return LeasePool::Kind::from_device;
        case LeaseResource::dram:
        case LeaseResource::dram_read:
        case LeaseResource::dram_write:
            break;
    }
    return LeasePool::Kind::memory;
}

std::string lease_resource_list() {
    std::string list;
    for (const LeaseResource each : resources) {
        list += (list.empty() ? "" : ", ") + std::string(name_of(each));
    }
    return list;
}

std::string_view name_of(LeaseClass lease_class) {
    switch (lease_class) {
        case LeaseClass::critical:
            return "critical";
        case LeaseClass::stream:
            return "stream";
        case LeaseClass::background:
            return "background";
        case LeaseClass::normal:
            break;
    }
    return "normal";
}

std::optional<LeaseClass> lease_class_named(std::string_view name) {
    return named(classes, name);
}

LeaseClass lease_class_of(ServiceClass service_class) {
    switch (service_class) {
        case ServiceClass::latency:
            return LeaseClass::critical;
        case ServiceClass::batch:
            return LeaseClass::stream;
        case ServiceClass::idle:
            return LeaseClass::background;
        case ServiceClass::normal:
            break;
    }
    return LeaseClass::normal;
}

}  // namespace penstock
