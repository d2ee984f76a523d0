// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/board_view.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): CLOCK_MONOTONIC_COARSE is Linux'.

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <span>
#include <tuple>

namespace penstock::client {
namespace {

constexpr std::size_t board_bytes = PENSTOCK_BOARD_SIZE;

// The agent writes for less than a microsecond; who has stood in its way for so long reads nothing.
constexpr int most_attempts = 10'000;

// Of memory that another process writes.
template <typename T>
T load(const T& field, std::memory_order order = std::memory_order_relaxed) {
    // An atomic reference of C++20 takes no const object, and only reads here.
    return std::atomic_ref(const_cast<T&>(field)).load(order);  // NOLINT(*-const-cast)
}

void copy(const penstock_board_node& from, penstock_board_node& into) {
    into.node = load(from.node);
    into.throttle_level = load(from.throttle_level);
    into.utilization = load(from.utilization);
    into.batch_scale = load(from.batch_scale);
    into.peak_bytes_per_second = load(from.peak_bytes_per_second);
    into.spare_bytes_per_second = load(from.spare_bytes_per_second);
    into.advice_valid_until_ns = load(from.advice_valid_until_ns);
    into.advice_device = load(from.advice_device);
    into.advice_reason = load(from.advice_reason);
    into.advice_confidence = load(from.advice_confidence);
    into.confidence = load(from.confidence);
    into.flags = load(from.flags);
}

std::int64_t coarse_now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (std::int64_t{now.tv_sec} * 1'000'000'000) + now.tv_nsec;
}

bool holds(const penstock_board_header& header) {
    return load(header.flags) == 0 &&
           coarse_now_ns() - load(header.written_ns) <= load(header.valid_ns);
}

std::span<const penstock_board_node> nodes_of(const penstock_board& board) {
    return {&board.nodes[0], std::min(load(board.header.node_count), PENSTOCK_BOARD_MOST_NODES)};
}

// Null where there is none.
const penstock_board_node* entry_of(const penstock_board& board, std::uint32_t node) {
    for (const penstock_board_node& each : nodes_of(board)) {
        if (load(each.node) == node) {
            return &each;
        }
    }
    return nullptr;
}

// This node, or all of them where it is negative.
template <typename Visit>
void each_that_counts(const penstock_board& board, std::int32_t node, Visit visit) {
    for (const penstock_board_node& each : nodes_of(board)) {
        if (node < 0 || load(each.node) == static_cast<std::uint32_t>(node)) {
            visit(each);
        }
    }
}

// Takes the entry over what was found before, if anything was; true.
bool keep_busier(const penstock_board_node& entry, bool found, penstock_board_node& busiest) {
    penstock_board_node seen{};
    copy(entry, seen);
    const auto load_of = [](const penstock_board_node& node) {
        return std::tie(node.throttle_level, node.utilization);
    };
    if (!found || load_of(seen) > load_of(busiest)) {
        busiest = seen;
    }
    return true;
}

void* new_page(int protection, int flags, int file) {
    return ::mmap(nullptr, board_bytes, protection, flags, file, 0);
}

Result<> check(const Fd& board) {
    struct stat found{};
    const int seals = ::fcntl(board.get(), F_GET_SEALS);
    const int wanted = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (::fstat(board.get(), &found) != 0 || found.st_size != board_bytes ||
        (seals & wanted) != wanted || seals < 0) {
        return fail(EBADMSG, "the agent gave something that is no sealed board");
    }
    return {};
}

}  // namespace

Result<BoardView> BoardView::make() {
    Result<Mapping> place = Mapping::reserve(board_bytes);
    if (!place) {
        return std::unexpected(std::move(place).error());
    }
    return BoardView(*std::move(place));
}

Result<> BoardView::show(const Fd& board) {
    if (Result<> sealed = check(board); !sealed) {
        return sealed;
    }
    void* fresh = new_page(PROT_READ, MAP_SHARED, board.get());
    if (fresh == MAP_FAILED) {
        return fail(errno, "map the board");
    }
    const auto& header = static_cast<const penstock_board*>(fresh)->header;
    if (header.magic != PENSTOCK_BOARD_MAGIC || header.abi != PENSTOCK_BOARD_ABI ||
        header.node_size != sizeof(penstock_board_node)) {
        ::munmap(fresh, board_bytes);
        return fail(EPROTO, "the board is of another version of Penstock");
    }
    // In one step: who reads meanwhile sees the one or the other.
    if (::mremap(fresh, board_bytes, board_bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place_.start()) ==
        MAP_FAILED) {
        const int error = errno;
        ::munmap(fresh, board_bytes);
        return fail(error, "put the board in its place");
    }
    return {};
}

Result<> BoardView::clear() {
    void* blank = new_page(PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (blank == MAP_FAILED ||
        ::mremap(blank, board_bytes, board_bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place_.start()) ==
            MAP_FAILED) {
        return fail(errno, "take the board away");
    }
    return {};
}

const penstock_board& BoardView::board() const {
    return *reinterpret_cast<const penstock_board*>(place_.start());  // NOLINT(*-reinterpret-cast)
}

template <typename Look>
bool BoardView::consistently(Look look) const {
    const penstock_board_header& header = board().header;
    if (load(header.magic) != PENSTOCK_BOARD_MAGIC) {
        return false;
    }
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const std::uint64_t before = load(header.sequence, std::memory_order_acquire);
        const std::uint64_t generation = load(header.generation);
        if (before % 2 != 0) {
            continue;
        }
        const bool live = holds(header);
        if (live) {
            look(board());
        }
        std::atomic_thread_fence(std::memory_order_acquire);
        if (load(header.sequence) == before && load(header.generation) == generation) {
            return live;
        }
    }
    return false;
}

BoardView::Standing BoardView::standing() const {
    if (load(board().header.magic) != PENSTOCK_BOARD_MAGIC) {
        return Standing::none;
    }
    return consistently([](const penstock_board&) {}) ? Standing::live : Standing::silent;
}

bool BoardView::read(std::uint32_t node, penstock_board_node& into) const {
    bool found = false;
    const bool live = consistently([&](const penstock_board& board) {
        const penstock_board_node* entry = entry_of(board, node);
        found = entry != nullptr;
        if (found) {
            copy(*entry, into);
        }
    });
    return live && found;
}

bool BoardView::busiest(std::int32_t node, penstock_board_node& into) const {
    if (node >= 0) {
        return read(static_cast<std::uint32_t>(node), into);
    }
    bool found = false;
    const bool live = consistently([&](const penstock_board& board) {
        found = false;
        each_that_counts(board, node, [&](const penstock_board_node& entry) {
            found = keep_busier(entry, found, into);
        });
    });
    return live && found;
}

BoardView::Summary BoardView::summary(std::int32_t node) const {
    Summary sum;
    const bool live = consistently([&](const penstock_board& board) {
        sum = {};
        each_that_counts(board, node, [&](const penstock_board_node& entry) {
            sum.level = std::max(sum.level, load(entry.throttle_level));
            sum.batch_scale = std::min(sum.batch_scale, load(entry.batch_scale));
        });
    });
    return live ? sum : Summary();
}

std::uint32_t BoardView::level(std::int32_t node) const {
    std::uint32_t highest = PENSTOCK_THROTTLE_NONE;
    const bool live = consistently([&](const penstock_board& board) {
        highest = PENSTOCK_THROTTLE_NONE;
        each_that_counts(board, node, [&](const penstock_board_node& entry) {
            highest = std::max(highest, load(entry.throttle_level));
        });
    });
    return live ? highest : std::uint32_t{PENSTOCK_THROTTLE_NONE};
}

}  // namespace penstock::client
