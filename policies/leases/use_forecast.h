// SPDX-License-Identifier: Apache-2.0
//
// Use forecast: what the holder of a lease will probably use next, from what it has used.
//
// The higher one of the last rate and of a mean that halves its past: use that rises is believed at
// once, use that falls only as it lasts. Where nobody counts, there is no forecast, and then what
// is granted counts as used.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace penstock {

class UseForecast {
  public:
    // Bytes per second since the last time.
    void note(std::uint64_t rate) {
        mean_ = last_ ? (mean_ / 2) + (rate / 2) : rate;
        last_ = rate;
    }

    [[nodiscard]] std::optional<std::uint64_t> last() const { return last_; }

    [[nodiscard]] std::optional<std::uint64_t> next() const {
        return last_ ? std::optional(std::max(*last_, mean_)) : std::nullopt;
    }

  private:
    std::optional<std::uint64_t> last_{};
    std::uint64_t mean_ = 0;
};

}  // namespace penstock
