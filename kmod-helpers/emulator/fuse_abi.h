// SPDX-License-Identifier: Apache-2.0
//
// FUSE's wire format, in the parts that Debian 12's <linux/fuse.h> (protocol 7.38) lacks: passing a
// file's reads, writes and mappings through to a file of ours, from 7.40 on. Our own names, because
// newer headers define theirs as macros.

#pragma once

#include <linux/fuse.h>
#include <linux/ioctl.h>

#include <cstddef>
#include <cstdint>

namespace penstock::fuse {

inline constexpr std::uint32_t our_minor = 40;

inline constexpr std::uint64_t init_ext = 1ULL << 30;     // The flags' upper half is there.
inline constexpr std::uint64_t passthrough = 1ULL << 37;  // Of the 64 flags of INIT.

inline constexpr std::uint32_t open_direct_io = 1U << 0;
inline constexpr std::uint32_t open_no_flush = 1U << 5;
inline constexpr std::uint32_t open_passthrough = 1U << 7;

struct InitOut {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t max_readahead = 0;
    std::uint32_t flags = 0;
    std::uint16_t max_background = 0;
    std::uint16_t congestion_threshold = 0;
    std::uint32_t max_write = 0;
    std::uint32_t time_gran = 0;
    std::uint16_t max_pages = 0;
    std::uint16_t map_alignment = 0;
    std::uint32_t flags2 = 0;
    std::uint32_t max_stack_depth = 0;
    std::uint32_t unused[6] = {};
};

struct OpenOut {
    std::uint64_t fh = 0;
    std::uint32_t open_flags = 0;
    std::int32_t backing_id = 0;
};

struct BackingMap {
    std::int32_t fd = 0;
    std::uint32_t flags = 0;
    std::uint64_t padding = 0;
};

inline constexpr unsigned long backing_open = _IOW(229, 1, BackingMap);

static_assert(sizeof(InitOut) == sizeof(fuse_init_out));
static_assert(offsetof(InitOut, flags2) == offsetof(fuse_init_out, flags2) &&
              offsetof(InitOut, max_stack_depth) == 36);
static_assert(sizeof(OpenOut) == sizeof(fuse_open_out) && offsetof(OpenOut, backing_id) == 12);
static_assert(sizeof(BackingMap) == 16);
static_assert(sizeof(fuse_in_header) == 40 && sizeof(fuse_out_header) == 16);
static_assert(sizeof(fuse_ioctl_in) == 32 && sizeof(fuse_ioctl_out) == 16);

}  // namespace penstock::fuse
