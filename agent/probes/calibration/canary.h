// SPDX-License-Identifier: Apache-2.0
//
// Canary: a small probe of how long memory takes to answer.
//
// A look follows 512 pointers, each of which must wait for the one before, and reads 256 KiB in a
// row. It costs some 100 us of one processor, and memory of several times the last cache, because
// what a cache holds says nothing about memory. A look during which its thread lost the processor
// counts for nothing: it measured the scheduler.

#pragma once

#include <memory>

#include "agent/probes/calibration/line_buffer.h"
#include "agent/probes/calibration/steal.h"

namespace penstock::calibration {

struct ProbeSample {
    double chase_ns = 0;  // Per line of 64 bytes, as the next.
    double read_ns = 0;
    bool disturbed = false;
};

class Probe {
  public:
    Probe() = default;
    virtual ~Probe() = default;
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;

    virtual ProbeSample look() = 0;
};

class Canary final : public Probe {
  public:
    // Half of the buffer is for either signal; this writes to all of it.
    static Result<std::unique_ptr<Canary>> make(Machine& machine, std::uint64_t buffer_bytes);

    // Allocates nothing.
    ProbeSample look() override;

  private:
    Canary(LineBuffer buffer, Steal steal);

    void follow_pointers();
    void read_on();

    LineBuffer buffer_;
    std::span<Line> ring_;
    std::span<Line> row_;
    Steal steal_;
    std::uint64_t ring_at_ = 0;
    std::size_t row_at_ = 0;
    std::uint64_t checksum_ = 0;  // Keeps what was read from being optimised away.
};

}  // namespace penstock::calibration
