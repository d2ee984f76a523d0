// SPDX-License-Identifier: Apache-2.0

#include "policies/harvest.h"

namespace penstock {
namespace {

// Farther apart than any two priorities.
std::int32_t rank_of(ServiceClass service_class) {
    switch (service_class) {
        case ServiceClass::latency:
        case ServiceClass::normal:
            return 0;
        case ServiceClass::batch:
            return -100;
        case ServiceClass::idle:
            return -200;
    }
    return -200;  // Not one of the enumerators.
}

}  // namespace

const Decision& Harvest::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot, {.settle = settings_.settle});
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder&) {
        place.rank = rank_of(owner.service_class) + owner.priority;
    });
    return pad_.decision();
}

}  // namespace penstock
