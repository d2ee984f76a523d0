// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/board_page.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <new>
#include <optional>

#include "agent/publish/bus_name.h"
#include "client/libpenstock/include/penstock/board.h"
#include "policies/device_advice.h"
#include "policies/spare_rate.h"

namespace penstock::dbus {
namespace {

// The layout is frozen; tests/golden/board_layout.txt says the same to those who read C.
static_assert(sizeof(penstock_board) == PENSTOCK_BOARD_SIZE);
static_assert(sizeof(penstock_board_header) == 64 && sizeof(penstock_board_node) == 64);
static_assert(offsetof(penstock_board, nodes) == 64);
static_assert(offsetof(penstock_board_header, sequence) == 16);
static_assert(offsetof(penstock_board_header, generation) == 24);
static_assert(offsetof(penstock_board_header, written_ns) == 32);
static_assert(offsetof(penstock_board_header, valid_ns) == 40);
static_assert(offsetof(penstock_board_header, node_count) == 48);
static_assert(offsetof(penstock_board_header, flags) == 52);
static_assert(offsetof(penstock_board_node, throttle_level) == 4);
static_assert(offsetof(penstock_board_node, utilization) == 8);
static_assert(offsetof(penstock_board_node, batch_scale) == 16);
static_assert(offsetof(penstock_board_node, peak_bytes_per_second) == 24);
static_assert(offsetof(penstock_board_node, spare_bytes_per_second) == 32);
static_assert(offsetof(penstock_board_node, advice_valid_until_ns) == 40);
static_assert(offsetof(penstock_board_node, advice_device) == 48);
static_assert(offsetof(penstock_board_node, advice_reason) == 52);
static_assert(offsetof(penstock_board_node, advice_confidence) == 56);
static_assert(offsetof(penstock_board_node, confidence) == 58);
static_assert(offsetof(penstock_board_node, flags) == 60);

// The board's words are those of the policies, in their order.
template <typename Enum>
constexpr std::uint32_t word(Enum value) {
    return static_cast<std::uint32_t>(value);
}

static_assert(word(ThrottleLevel::none) == PENSTOCK_THROTTLE_NONE);
static_assert(word(ThrottleLevel::reduce_batch) == PENSTOCK_THROTTLE_REDUCE_BATCH);
static_assert(word(ThrottleLevel::delay_launch) == PENSTOCK_THROTTLE_DELAY_LAUNCH);
static_assert(word(ThrottleLevel::fall_back) == PENSTOCK_THROTTLE_FALL_BACK);
static_assert(word(AdvisedDevice::cpu) == PENSTOCK_DEVICE_CPU);
static_assert(word(AdvisedDevice::gpu) == PENSTOCK_DEVICE_GPU);
static_assert(word(AdviceReason::not_saturated) == PENSTOCK_ADVICE_NOT_SATURATED);
static_assert(word(AdviceReason::costs_unknown) == PENSTOCK_ADVICE_COSTS_UNKNOWN);
static_assert(word(Confidence::heuristic) + 1 == PENSTOCK_CONFIDENCE_HEURISTIC);

template <typename T>
void put(T& field, T value) {
    std::atomic_ref(field).store(value, std::memory_order_relaxed);
}

penstock_board& board_in(const SealedPage& page) {
    return *std::launder(
        reinterpret_cast<penstock_board*>(page.start()));  // NOLINT(*-reinterpret-cast)
}

// Of the former board, or 0.
std::uint64_t generation_of(const Fd& former) {
    if (!former) {
        return 0;
    }
    const Result<Mapping> memory =
        Mapping::open(former, 0, PENSTOCK_BOARD_SIZE, Mapping::Access::read_only);
    if (!memory) {
        return 0;
    }
    const auto& header = *std::launder(reinterpret_cast<const penstock_board_header*>(
        memory->start()));  // NOLINT(*-reinterpret-cast)
    return header.magic == PENSTOCK_BOARD_MAGIC && header.abi == PENSTOCK_BOARD_ABI
               ? header.generation
               : 0;
}

std::uint32_t flags_of(const MemoryNode& node) {
    return node.emulated ? PENSTOCK_BOARD_EMULATED : 0;
}

// Without an operation's costs there is nothing to compare.
AdviceReason reason_of(const MemoryNode& node, const Snapshot& seen) {
    if (node.throttle.level != ThrottleLevel::fall_back) {
        return AdviceReason::not_saturated;
    }
    const bool shared = !seen.devices.empty() && std::ranges::all_of(seen.devices, &Device::apu);
    return shared ? AdviceReason::same_memory : AdviceReason::costs_unknown;
}

void write_node(const MemoryNode& node, const Snapshot& seen, penstock_board_node& into) {
    const Throttle& throttle = node.throttle;
    put(into.node, node.number);
    put(into.throttle_level, word(throttle.level));
    put(into.utilization, throttle.utilization.value_or(unknown_ratio));
    put(into.batch_scale, throttle.batch_scale);
    put(into.peak_bytes_per_second, node.peak.value ? node.peak.value->value : unknown_rate);
    const std::optional<BytesPerSecond> spare = spare_rate(node);
    put(into.spare_bytes_per_second, spare ? spare->value : unknown_rate);
    put(into.advice_valid_until_ns, to_ns(seen.now + DeviceAdviser::shortest_stay));
    put(into.advice_device, word(AdvisedDevice::any));
    put(into.advice_reason, word(reason_of(node, seen)));
    put(into.advice_confidence, std::uint16_t{0});
    put(into.confidence,
        throttle.utilization ? static_cast<std::uint16_t>(word(throttle.confidence) + 1)
                             : std::uint16_t{PENSTOCK_CONFIDENCE_UNKNOWN});
    put(into.flags, flags_of(node));
}

// Between the two, a reader that looks begins again.
void begin_writing(penstock_board_header& header) {
    put(header.sequence, header.sequence + 1);
    std::atomic_thread_fence(std::memory_order_release);
}

void end_writing(penstock_board_header& header) {
    std::atomic_ref(header.sequence).store(header.sequence + 1, std::memory_order_release);
}

}  // namespace

Result<BoardPage> BoardPage::make(const Fd& former, TimePoint now) {
    Result<SealedPage> page = SealedPage::make("penstock-board", PENSTOCK_BOARD_SIZE);
    if (!page) {
        return fail(std::move(page).error(), "make the board");
    }
    const auto by_time =
        static_cast<std::uint64_t>(now.time_since_epoch() / std::chrono::microseconds(1));
    const std::uint64_t before = generation_of(former);
    return BoardPage(*std::move(page), before != 0 ? before + 1 : by_time);
}

BoardPage::BoardPage(SealedPage page, std::uint64_t generation)
    : page_(std::move(page)), generation_(generation) {
    penstock_board_header& header = board_in(page_).header;
    header.abi = PENSTOCK_BOARD_ABI;
    header.size = PENSTOCK_BOARD_SIZE;
    header.node_size = sizeof(penstock_board_node);
    header.generation = generation;
    header.magic = PENSTOCK_BOARD_MAGIC;
}

BoardPage::~BoardPage() {
    if (page_.start() != nullptr) {
        penstock_board_header& header = board_in(page_).header;
        begin_writing(header);
        put(header.flags, PENSTOCK_BOARD_CLOSED);
        end_writing(header);
    }
}

void BoardPage::write(const Snapshot& seen, Duration holds) {
    penstock_board& board = board_in(page_);
    const std::size_t nodes = std::min<std::size_t>(seen.memory.size(), PENSTOCK_BOARD_MOST_NODES);
    begin_writing(board.header);
    for (std::size_t each = 0; each < nodes; ++each) {
        write_node(seen.memory[each], seen, board.nodes[each]);
    }
    put(board.header.written_ns, to_ns(seen.now));
    put(board.header.valid_ns, std::int64_t{holds.count()});
    put(board.header.node_count, static_cast<std::uint32_t>(nodes));
    end_writing(board.header);
}

}  // namespace penstock::dbus
