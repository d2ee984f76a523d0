// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/directory_listing.h"

#include <dirent.h>

#include <cstring>

#include "kmod-helpers/emulator/fuse_abi.h"

namespace penstock::emulator {

std::vector<std::byte> encode_listing(const std::vector<DirectoryEntry>& entries,
                                      std::uint64_t first,
                                      std::size_t room) {
    constexpr std::uint64_t unknown_inode = 0xffffffff;
    std::vector<std::byte> bytes;
    for (std::uint64_t at = first; at < entries.size(); ++at) {
        const DirectoryEntry& entry = entries[at];
        const std::size_t start = bytes.size();
        const std::size_t padded = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + entry.name.size());
        if (start + padded > room) {
            break;
        }
        fuse_dirent head{};
        head.ino = unknown_inode;
        head.off = at + 1;
        head.namelen = static_cast<std::uint32_t>(entry.name.size());
        head.type = entry.kind == NodeKind::directory ? DT_DIR : DT_REG;
        bytes.resize(start + padded);
        std::memcpy(&bytes[start], &head, FUSE_NAME_OFFSET);
        std::memcpy(&bytes[start + FUSE_NAME_OFFSET], entry.name.data(), entry.name.size());
    }
    return bytes;
}

}  // namespace penstock::emulator
