// SPDX-License-Identifier: Apache-2.0
//
// Hour ring: one figure's last hour, second by second.
//
// Of each second it keeps the least, the mean and the most of the values that fell into it: 12
// bytes, 43 200 for the hour, taken when the ring is made and never again. They are floats: seven
// digits, more than any source is true to. A second without a value is empty.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace penstock {

// What the values of some time have been.
struct Spread {
    double least = 0;
    double mean = 0;
    double most = 0;
    bool operator==(const Spread&) const = default;
};

class HourRing {
  public:
    static constexpr std::int64_t seconds_kept = 3600;

    // From this second of the clock on.
    explicit HourRing(std::int64_t second);

    // A value of a second before the last one is left out.
    void add(std::int64_t second, double value);

    // Nothing where no value fell into the second, or it is not kept any more.
    [[nodiscard]] std::optional<Spread> at(std::int64_t second) const;

    // The last second that a value fell into.
    [[nodiscard]] std::int64_t newest() const { return newest_; }

    struct Point {
        std::int64_t second = 0;  // With which its period begins.
        Spread spread{};
        bool operator==(const Point&) const = default;
    };

    // Seconds from `first` to before `end`, in periods.
    struct Span {
        std::int64_t first = 0;
        std::int64_t end = 0;
        std::int64_t origin = 0;  // With which a period begins; not after `first`.
        std::int64_t step = 1;    // Of each period; at least 1.
    };

    // One for each period with a value. In its mean all seconds that have one count the same.
    [[nodiscard]] std::vector<Point> points(const Span& span) const;

  private:
    struct Second {
        float least = 0;
        float mean = 0;  // No number: empty.
        float most = 0;
    };

    void move_on(std::int64_t second);

    std::vector<Second> seconds_;  // By their number modulo the size; the newest one's is not used.
    std::int64_t newest_;

    // Of the newest second, which may get more.
    double least_ = 0;
    double most_ = 0;
    double sum_ = 0;
    std::uint32_t count_ = 0;
};

}  // namespace penstock
