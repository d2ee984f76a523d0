// SPDX-License-Identifier: Apache-2.0
//
// Tables of gpu_metrics for tests: recorded ones, and such as a driver would begin with.

#pragma once

#include <cstring>
#include <string>

#include "base/tree.h"

namespace penstock::fakes {

inline std::string recorded(const std::string& file) {
    return Tree(MACHINES).read(file).value();
}

inline std::string recorded_card() {
    return recorded("mangohud/gpu_metrics");
}

inline std::string recorded_idle_card() {
    return recorded("rx7600s/card1/device/gpu_metrics");
}

inline std::string recorded_apu() {
    return recorded("strixpoint/card1/device/gpu_metrics");
}

template <typename T>
void put(std::string& bytes, std::size_t offset, T value) {
    std::memcpy(&bytes.at(offset + sizeof value - 1) - (sizeof value - 1), &value, sizeof value);
}

// All ones, as the driver has it before it writes what it knows.
inline std::string blank_table(std::uint8_t format, std::uint8_t content, std::uint16_t size) {
    std::string table(size, '\xff');
    put(table, 0, size);
    put(table, 2, format);
    put(table, 3, content);
    return table;
}

}  // namespace penstock::fakes
