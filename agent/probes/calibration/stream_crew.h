// SPDX-License-Identifier: Apache-2.0
//
// Stream crew: one thread on each of some cores, all streaming at the same time when told to, each
// through its own part of one buffer. Between turns they sleep.

#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "agent/probes/calibration/calibration.h"
#include "agent/probes/calibration/line_buffer.h"

namespace penstock::calibration {

// Of a crew's members, in the order of their processors.
struct Members {
    std::size_t first = 0;
    std::size_t count = 0;
};

class StreamCrew {
  public:
    // One member for each processor. Returns when each is there and has written to its part once,
    // so that the part lies in the memory nearest to it.
    static Result<std::unique_ptr<StreamCrew>> start(std::vector<int> processors,
                                                     std::uint64_t buffer_bytes);

    ~StreamCrew();
    StreamCrew(const StreamCrew&) = delete;
    StreamCrew& operator=(const StreamCrew&) = delete;

    // These stream from now on. A turn must end before the next.
    void begin(StreamKind kind, Members who);

    // Ends the turn. Returns bytes per second, summed over those who took part.
    double end();

    // Keeps what was read from being optimised away.
    [[nodiscard]] std::uint64_t checksum() const { return checksum_; }

  private:
    StreamCrew(std::vector<int> processors, LineBuffer buffer);

    Result<> gather();
    void serve(std::size_t self);
    double stream(StreamKind kind, std::span<Line> part);
    [[nodiscard]] std::span<Line> part_of(std::size_t self) const;

    std::vector<int> processors_;
    LineBuffer buffer_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> checksum_{0};

    std::mutex lock_{};
    std::condition_variable changed_{};
    // Below the lock.
    bool leaving_ = false;
    std::uint64_t turn_ = 0;  // Counts them, so that nobody sleeps through one.
    StreamKind kind_{};
    Members who_{};
    std::size_t busy_ = 0;
    double rate_ = 0;
    int trouble_ = 0;  // An errno of a member that could not take its place.

    std::vector<std::thread> threads_{};
};

}  // namespace penstock::calibration
