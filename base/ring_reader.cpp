// SPDX-License-Identifier: Apache-2.0

#include "base/ring_reader.h"

#include <linux/bpf.h>

#include <atomic>
#include <bit>

namespace penstock {
namespace {

// Both sides share these numbers in mapped memory.
std::atomic_ref<std::uint64_t> position_in(const Mapping& page) {
    return std::atomic_ref(*reinterpret_cast<std::uint64_t*>(page.start()));
}

std::uint32_t load_acquire(const std::byte* at) {
    return __atomic_load_n(reinterpret_cast<const std::uint32_t*>(at), __ATOMIC_ACQUIRE);
}

std::uint64_t record_bytes(std::uint32_t length) {
    constexpr std::uint64_t alignment = 8;
    return (BPF_RINGBUF_HDR_SZ + std::uint64_t{length} + alignment - 1) / alignment * alignment;
}

}  // namespace

Result<RingReader> RingReader::open(Fd ring, std::size_t bytes) {
    const std::size_t page = whole_pages(1);
    if (!std::has_single_bit(bytes) || bytes % page != 0) {
        return fail("a ring of " + std::to_string(bytes) +
                    " bytes: expected a power of two and whole pages");
    }
    Result<Mapping> reader = Mapping::open(ring, 0, page, Mapping::Access::read_write);
    if (!reader) {
        return fail(std::move(reader).error(), "open the reader's side of a ring");
    }
    Result<Mapping> writer =
        Mapping::open(ring, page, page + (2 * bytes), Mapping::Access::read_only);
    if (!writer) {
        return fail(std::move(writer).error(), "open the writer's side of a ring");
    }
    return RingReader(std::move(ring), *std::move(reader), *std::move(writer), bytes);
}

RingReader::RingReader(Fd ring, Mapping reader_page, Mapping writer_pages, std::size_t bytes)
    : ring_(std::move(ring)),
      reader_page_(std::move(reader_page)),
      writer_pages_(std::move(writer_pages)),
      bytes_(bytes),
      position_(position_in(reader_page_).load(std::memory_order_relaxed)),
      next_(position_) {}

std::optional<std::span<const std::byte>> RingReader::front() {
    const std::byte* records = writer_pages_.start() + whole_pages(1);
    const std::uint64_t end = position_in(writer_pages_).load(std::memory_order_acquire);
    while (position_ != end) {
        const std::byte* header = records + (position_ & (bytes_ - 1));
        const std::uint32_t state = load_acquire(header);
        const std::uint32_t length = state & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        if ((state & BPF_RINGBUF_BUSY_BIT) != 0 || record_bytes(length) > end - position_) {
            return std::nullopt;  // Reserved and still being filled.
        }
        next_ = position_ + record_bytes(length);
        if ((state & BPF_RINGBUF_DISCARD_BIT) == 0) {
            return std::span(header + BPF_RINGBUF_HDR_SZ, length);
        }
        release();
    }
    return std::nullopt;
}

void RingReader::release() {
    position_ = next_;
    position_in(reader_page_).store(position_, std::memory_order_release);
}

}  // namespace penstock
