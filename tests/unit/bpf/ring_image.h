// SPDX-License-Identifier: Apache-2.0
//
// RingImage: a BPF ring buffer's memory built by hand in a memfd, with a writer that does what the
// kernel does.

#pragma once

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/fd.h"
#include "base/mapping.h"

namespace penstock::test {

class RingImage {
  public:
    static constexpr std::size_t bytes = 4096;

    RingImage() : file_(::memfd_create("ring", MFD_CLOEXEC)) {
        // The memory repeats: behind the records lies their second sight.
        static_cast<void>(::ftruncate(file_.get(), static_cast<off_t>((2 * page()) + (2 * bytes))));
    }

    [[nodiscard]] Fd open() const { return Fd(::dup(file_.get())); }

    // Reserves room, writes the record and returns its header's place.
    std::uint64_t write(std::span<const std::byte> record, std::uint32_t flags = 0) {
        const std::uint64_t at = written_;
        submit(at, static_cast<std::uint32_t>(record.size()) | flags);
        for (std::size_t i = 0; i < record.size(); ++i) {
            put((at + BPF_RINGBUF_HDR_SZ + i) % bytes, record[i]);
        }
        written_ += BPF_RINGBUF_HDR_SZ + ((record.size() + 7) / 8 * 8);
        static_cast<void>(::pwrite(file_.get(), &written_, sizeof(written_), offset(page())));
        return at;
    }

    // Sets the header, without the busy bit, as a submit does.
    void submit(std::uint64_t at, std::uint32_t length) {
        std::array<std::byte, sizeof(length)> header{};
        std::memcpy(header.data(), &length, sizeof(length));
        for (std::size_t i = 0; i < header.size(); ++i) {
            put((at + i) % bytes, header[i]);
        }
    }

    [[nodiscard]] std::uint64_t written() const { return written_; }

    // The reader's position, as the writer sees it.
    [[nodiscard]] std::uint64_t read() const {
        std::uint64_t position = 0;
        static_cast<void>(::pread(file_.get(), &position, sizeof(position), 0));
        return position;
    }

  private:
    static std::size_t page() { return whole_pages(1); }

    static off_t offset(std::size_t at) { return static_cast<off_t>(at); }

    void put(std::size_t at, std::byte value) {
        for (const std::size_t copy : {at, at + bytes}) {
            static_cast<void>(::pwrite(file_.get(), &value, 1, offset((2 * page()) + copy)));
        }
    }

    Fd file_;
    std::uint64_t written_ = 0;
};

}  // namespace penstock::test
