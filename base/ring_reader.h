// SPDX-License-Identifier: Apache-2.0
//
// RingReader: takes records out of a BPF ring buffer through memory alone.
//
// A ring's descriptor maps as one page with the reader's position, one with the writer's, and the
// records twice in a row, so that none is ever cut. Reading needs neither libbpf nor bpf(2): the
// program that reads holds no CAP_BPF, and takes records without any system call.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/fd.h"
#include "base/mapping.h"

namespace penstock {

class RingReader {
  public:
    // `bytes` is the size of the ring's record area: a power of two and whole pages.
    static Result<RingReader> open(Fd ring, std::size_t bytes);

    // Readable while there are records to take.
    [[nodiscard]] int fd() const { return ring_.get(); }

    // The oldest record, or nothing. It stays valid until release(), which must follow before the
    // next call.
    [[nodiscard]] std::optional<std::span<const std::byte>> front();

    // Gives the room of the record that front() returned back to the writer.
    void release();

  private:
    RingReader(Fd ring, Mapping reader_page, Mapping writer_pages, std::size_t bytes);

    Fd ring_;
    Mapping reader_page_;   // Ours to write.
    Mapping writer_pages_;  // The writer's position and the records; read-only.
    std::size_t bytes_ = 0;
    std::uint64_t position_ = 0;  // Of the front, in bytes since the ring was made.
    std::uint64_t next_ = 0;      // Behind the front.
};

}  // namespace penstock
