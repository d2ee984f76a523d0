// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/line_buffer.h"

#include <sys/mman.h>

#include <cerrno>

namespace penstock::calibration {

Result<LineBuffer> LineBuffer::make(std::size_t bytes) {
    const std::size_t count = bytes / sizeof(Line);
    if (count == 0) {
        return fail("a buffer of " + std::to_string(bytes) + " bytes holds no line");
    }
    void* start = ::mmap(
        nullptr, count * sizeof(Line), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return fail(errno, "get " + std::to_string(bytes) + " bytes of memory");
    }
    // Small pages would measure the translation of addresses; where there are no others, they do.
    ::madvise(start, count * sizeof(Line), MADV_HUGEPAGE);
    return LineBuffer({static_cast<Line*>(start), count});
}

LineBuffer::~LineBuffer() {
    if (!lines_.empty()) {
        ::munmap(lines_.data(), lines_.size_bytes());
    }
}

}  // namespace penstock::calibration
