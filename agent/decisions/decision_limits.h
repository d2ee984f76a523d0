// SPDX-License-Identifier: Apache-2.0
//
// Decision limits: how much a record of decisions may hold. docs/recording.md describes the format.

#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::decisions {

// What is as by default is not told of something new: another default is another version.
inline constexpr std::int64_t format_version = 1;
inline constexpr std::uint64_t longest_record = std::uint64_t{1} << 30;  // Bytes.

// Bytes without its end: room for all owners and queues that an agent knows, told at once.
inline constexpr std::size_t longest_line = std::size_t{16} << 20;

}  // namespace penstock::decisions
