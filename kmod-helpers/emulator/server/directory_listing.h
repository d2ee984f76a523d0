// SPDX-License-Identifier: Apache-2.0
//
// Directory listing: entries in the form READDIR wants. An entry's number in the list is its
// offset.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kmod-helpers/emulator/server/open_files.h"

namespace penstock::emulator {

// As many whole entries from number `first` on as fit; none at the end.
[[nodiscard]] std::vector<std::byte> encode_listing(const std::vector<DirectoryEntry>& entries,
                                                    std::uint64_t first,
                                                    std::size_t room);

}  // namespace penstock::emulator
