// SPDX-License-Identifier: Apache-2.0
//
// Names of the D-Bus API, version 1. They are frozen: members are added, never changed or removed
// (dbus/*.xml is the contract).

#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace penstock::dbus {

inline constexpr const char* service_name = "org.penstock1";
inline constexpr const char* root_path = "/org/penstock1";
inline constexpr const char* process_prefix = "/org/penstock1/process";
inline constexpr const char* memory_prefix = "/org/penstock1/memory";
inline constexpr const char* gpu_prefix = "/org/penstock1/gpu";
inline constexpr const char* package_prefix = "/org/penstock1/package";
inline constexpr const char* lease_prefix = "/org/penstock1/lease";

inline constexpr const char* log_path = "/org/freedesktop/LogControl1";

inline constexpr const char* log_interface = "org.freedesktop.LogControl1";
inline constexpr const char* manager_interface = "org.penstock1.Manager";
inline constexpr const char* process_interface = "org.penstock1.Process";
inline constexpr const char* memory_interface = "org.penstock1.MemoryNode";
inline constexpr const char* gpu_interface = "org.penstock1.Gpu";
inline constexpr const char* package_interface = "org.penstock1.Package";
inline constexpr const char* lease_interface = "org.penstock1.Lease";

// D-Bus has no null: an unknown rate or amount is the largest number, an unknown ratio, power or
// energy is negative, and an unknown temperature, which may be negative, is no number.
inline constexpr std::uint64_t unknown_rate = std::numeric_limits<std::uint64_t>::max();
inline constexpr double unknown_ratio = -1.0;
inline constexpr double unknown_celsius = std::numeric_limits<double>::quiet_NaN();

// Bytes of any string taken from a client or passed on from another program.
inline constexpr std::size_t longest_string = 256;

// Bytes of a sentence that names a file besides.
inline constexpr std::size_t longest_sentence = 1024;

[[nodiscard]] inline std::string numbered_path(const char* prefix, std::uint32_t number) {
    return std::string(prefix) + '/' + std::to_string(number);
}

}  // namespace penstock::dbus
