// SPDX-License-Identifier: Apache-2.0
//
// Recording limits: how much a recording may hold. docs/recording.md describes the format.

#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::recording {

inline constexpr std::int64_t format_version = 1;
inline constexpr std::uint64_t longest_recording = std::uint64_t{1} << 30;  // Bytes.
inline constexpr std::size_t longest_line = std::size_t{1} << 20;  // Bytes, without its end.
inline constexpr std::size_t longest_path = 4096;
inline constexpr std::size_t most_paths = 65536;
inline constexpr std::size_t most_groups = 65536;

// Bytes of answers that a replay holds at once, with what the containers need for themselves.
inline constexpr std::size_t most_held = std::size_t{512} << 20;

}  // namespace penstock::recording
