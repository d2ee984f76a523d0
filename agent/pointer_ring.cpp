// SPDX-License-Identifier: Apache-2.0

#include "agent/pointer_ring.h"

#include <cstring>
#include <optional>

#include "bpf/pointer_event.h"

namespace penstock {
namespace {

std::optional<gate::PointerMove> decode(std::span<const std::byte> bytes, std::uint32_t slots) {
    pointer_event event{};
    if (bytes.size() != sizeof(event)) {
        return std::nullopt;
    }
    std::memcpy(&event, bytes.data(), sizeof(event));
    if (event.slot >= slots) {
        return std::nullopt;
    }
    return gate::PointerMove{.slot = event.slot,
                             .written = event.written,
                             .seen = from_ns(static_cast<std::int64_t>(event.ns))};
}

}  // namespace

Result<PointerRing> PointerRing::open(Fd ring,
                                      const Fd& slots,
                                      std::size_t ring_bytes,
                                      std::uint32_t slot_count) {
    if (slot_count == 0 || slot_count > WATCH_SLOTS) {
        return fail("a table of " + std::to_string(slot_count) + " watch slots: expected 1 to " +
                    std::to_string(WATCH_SLOTS));
    }
    Result<RingReader> reader = RingReader::open(std::move(ring), ring_bytes);
    if (!reader) {
        return fail(std::move(reader).error(), "read pointer moves");
    }
    Result<Mapping> table = Mapping::open(
        slots, 0, whole_pages(slot_count * sizeof(watch_slot)), Mapping::Access::read_write);
    if (!table) {
        return fail(std::move(table).error(), "arm watch slots");
    }
    return PointerRing(std::move(*reader), std::move(*table), slot_count);
}

std::size_t PointerRing::take(std::span<gate::PointerMove> into) {
    std::size_t taken = 0;
    while (taken < into.size()) {
        const auto bytes = ring_.front();
        if (!bytes) {
            break;
        }
        if (const auto move = decode(*bytes, slot_count_)) {
            into[taken++] = *move;
        } else {
            ++rejected_;
        }
        ring_.release();
    }
    return taken;
}

void PointerRing::arm(std::uint32_t slot) {
    if (slot < slot_count_) {
        // The caller's look at the pointer must not be moved before this.
        watch_slot* at = reinterpret_cast<watch_slot*>(slots_.start()) + slot;
        __atomic_store_n(&at->armed, 1, __ATOMIC_SEQ_CST);
    }
}

}  // namespace penstock
