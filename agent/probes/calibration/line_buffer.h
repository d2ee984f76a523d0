// SPDX-License-Identifier: Apache-2.0
//
// Line buffer: memory of our own to stream through, in huge pages where the kernel gives them.

#pragma once

#include <span>
#include <utility>

#include "agent/probes/calibration/stream_kernels.h"
#include "base/result.h"

namespace penstock::calibration {

class LineBuffer {
  public:
    // Nothing of it is there before somebody writes to it: who does so first decides on which
    // memory node it will be.
    static Result<LineBuffer> make(std::size_t bytes);

    LineBuffer(LineBuffer&& other) noexcept : lines_(std::exchange(other.lines_, {})) {}

    LineBuffer& operator=(LineBuffer&&) noexcept = delete;
    LineBuffer(const LineBuffer&) = delete;
    LineBuffer& operator=(const LineBuffer&) = delete;
    ~LineBuffer();

    [[nodiscard]] std::span<Line> lines() const { return lines_; }

  private:
    explicit LineBuffer(std::span<Line> lines) : lines_(lines) {}

    std::span<Line> lines_;
};

}  // namespace penstock::calibration
