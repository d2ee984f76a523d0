// SPDX-License-Identifier: Apache-2.0
//
// What every fuzz target has in common: the entry that libFuzzer (or the replay of a corpus) calls
// with bytes from a hostile source, and the way to say that an invariant broke.

#pragma once

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace penstock::fuzz {

// Ends the program, so that the fuzzer keeps the input that did it.
inline void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same bytes, read as chars.
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace penstock::fuzz
