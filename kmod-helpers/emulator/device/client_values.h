// SPDX-License-Identifier: Apache-2.0
//
// Single values in a client's memory. The memory is untrusted: every access may fail, and a failed
// one leaves no trace.

#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

#include "kmod-helpers/emulator/device.h"

namespace penstock::emulator {

template <typename T>
    requires std::is_trivially_copyable_v<T>
[[nodiscard]] std::optional<T> read_value(ClientMemory& memory,
                                          std::uint32_t tgid,
                                          std::uint64_t address) {
    T value{};
    if (!memory.read(tgid, address, std::as_writable_bytes(std::span(&value, 1)))) {
        return std::nullopt;
    }
    return value;
}

template <typename T>
    requires std::is_trivially_copyable_v<T>
[[nodiscard]] bool write_value(ClientMemory& memory,
                               std::uint32_t tgid,
                               std::uint64_t address,
                               const T& value) {
    return memory.write(tgid, address, std::as_bytes(std::span(&value, 1)));
}

// The hardware faults on pointers and signals that straddle their natural boundary.
[[nodiscard]] constexpr bool aligned_to(std::uint64_t address, std::uint64_t boundary) {
    return address % boundary == 0;
}

}  // namespace penstock::emulator
