// SPDX-License-Identifier: Apache-2.0
//
// LineQueue: the lines that the reader of a stream has not taken yet, up to a bound.
//
// Beyond it the oldest lines are dropped, but never a part of one that the reader has begun to
// take; where they would have come, he is told how many are missing.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace penstock::dbus {

class LineQueue {
  public:
    // Shared, because most lines go to many streams, and long ones would fill the memory.
    using Line = std::shared_ptr<const std::string>;

    // A line that is longer is kept, but alone.
    static constexpr std::size_t most_bytes = std::size_t{256} * 1024;

    // What the reader is told of so many missing lines.
    using Notice = std::string (*)(std::uint64_t lines);

    explicit LineQueue(Notice notice_of) : notice_of_(notice_of) {}

    void push(Line line);

    // Instead of push(): the line is dropped at once.
    void miss() { lose(1); }

    // What is to be sent next; "" when there is nothing. Valid until the next call of a member.
    [[nodiscard]] std::string_view next();

    // So many bytes of next() were taken.
    void taken(std::size_t bytes);

    [[nodiscard]] bool empty() const { return lines_.empty(); }

    // Of all lines, also of what was taken of the first.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    // Since the beginning.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

  private:
    void lose(std::uint64_t lines);

    [[nodiscard]] bool begun() const { return taken_ > 0 && notice_.empty(); }

    Notice notice_of_;
    std::deque<Line> lines_{};
    std::size_t bytes_ = 0;
    std::size_t taken_ = 0;  // Of the notice, or of the first line where there is none.
    std::uint64_t dropped_ = 0;
    std::uint64_t untold_ = 0;   // Dropped since the reader was last told.
    std::uint64_t noticed_ = 0;  // As many as the notice tells.
    std::string notice_{};       // Goes before the first line; "" when there is none.
};

}  // namespace penstock::dbus
