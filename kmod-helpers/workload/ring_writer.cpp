// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/ring_writer.h"

#include <atomic>
#include <cstring>

namespace penstock::workload {

namespace {

std::atomic_ref<std::uint16_t> header_at(std::span<std::byte> slot) {
    return std::atomic_ref(*reinterpret_cast<std::uint16_t*>(slot.data()));
}

}  // namespace

RingWriter::RingWriter(std::span<std::byte> ring, std::span<std::byte> counters)
    : ring_(ring),
      write_dispatch_id_(
          reinterpret_cast<std::uint64_t*>(&counters[aql::write_dispatch_id_offset])),
      read_dispatch_id_(reinterpret_cast<std::uint64_t*>(&counters[aql::read_dispatch_id_offset])) {
    for (std::size_t at = 0; at < ring_.size(); at += aql::packet_bytes) {
        header_at(ring_.subspan(at, aql::packet_bytes))
            .store(static_cast<std::uint16_t>(aql::PacketType::invalid), std::memory_order_relaxed);
    }
}

bool RingWriter::has_room(std::uint64_t packets) const {
    // atomic_ref wants a mutable object even to load; nothing is written.
    const std::uint64_t consumed =
        std::atomic_ref(*const_cast<std::uint64_t*>(read_dispatch_id_)).load();
    return consumed <= written_ && written_ - consumed + packets <= capacity();
}

std::uint64_t RingWriter::reserve(std::uint64_t packets) {
    const std::uint64_t first = written_;
    written_ += packets;
    std::atomic_ref(*write_dispatch_id_).store(written_, std::memory_order_release);
    return first;
}

void RingWriter::publish(std::uint64_t index, const aql::KernelDispatch& packet) {
    const std::span<std::byte> slot =
        ring_.subspan(index % capacity() * aql::packet_bytes, aql::packet_bytes);
    constexpr std::size_t header_bytes = sizeof(packet.header);
    std::memcpy(slot.data() + header_bytes,
                reinterpret_cast<const std::byte*>(&packet) + header_bytes,
                aql::packet_bytes - header_bytes);
    header_at(slot).store(packet.header, std::memory_order_release);
}

}  // namespace penstock::workload
