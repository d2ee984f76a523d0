// SPDX-License-Identifier: Apache-2.0
//
// Origins: where each measured member of an object comes from, or why it is unknown.

#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "agent/publish/bus_name.h"
#include "base/text.h"
#include "policies/snapshot.h"
#include "policies/standing_names.h"

namespace penstock::dbus {

// member, confidence ("" while the member is unknown), source or reason.
using OriginRow = std::tuple<std::string, std::string, std::string>;

template <typename T>
[[nodiscard]] OriginRow origin_of(const char* member, const Sample<T>& sample) {
    return {member,
            sample.value ? std::string(name_of(sample.confidence)) : "",
            printable(sample.source.text(), longest_string)};
}

}  // namespace penstock::dbus
