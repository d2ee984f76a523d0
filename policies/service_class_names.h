// SPDX-License-Identifier: Apache-2.0
//
// Service class names: how the kinds of work are spelt to people and on D-Bus.

#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "policies/snapshot.h"

namespace penstock {

inline constexpr std::array service_classes{
    ServiceClass::latency, ServiceClass::normal, ServiceClass::batch, ServiceClass::idle};

[[nodiscard]] constexpr std::string_view name_of(ServiceClass service_class) {
    switch (service_class) {
        case ServiceClass::latency:
            return "latency";
        case ServiceClass::batch:
            return "batch";
        case ServiceClass::idle:
            return "idle";
        case ServiceClass::normal:
            break;
    }
    return "normal";
}

[[nodiscard]] constexpr std::optional<ServiceClass> service_class_named(std::string_view name) {
    for (const ServiceClass each : service_classes) {
        if (name_of(each) == name) {
            return each;
        }
    }
    return std::nullopt;
}

}  // namespace penstock
