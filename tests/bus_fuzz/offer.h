// SPDX-License-Identifier: Apache-2.0
//
// Offer: what a service says it offers: every method and every property of every object, by
// introspection.

#pragma once

#include <systemd/sd-bus.h>

#include <string>
#include <vector>

namespace penstock::bus_fuzz {

struct Member {
    std::string path{};
    std::string interface{};
    std::string name{};
    std::string signature{};  // Of a method's arguments, or of a property.
    bool property = false;
};

// Of all objects below the path, and itself. Empty when nobody answers.
std::vector<Member> everything_below(sd_bus* bus, const std::string& service, std::string path);

}  // namespace penstock::bus_fuzz
