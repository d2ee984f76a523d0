// SPDX-License-Identifier: Apache-2.0
//
// Scale course: how much of their usual batches the devices of a run are asked to take, from time
// to time, as a board under changing load would ask a server.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policies/batching/batch_scale.h"

namespace penstock::sim {

struct ScaleChange {
    std::int64_t at_ns = 0;  // Since the first arrival.
    batching::BatchScale scale{};
};

// By ascending time. Before the first one the scale is whole.
using ScaleCourse = std::vector<ScaleChange>;

// "SECONDS:SCALE,SECONDS:SCALE..."
[[nodiscard]] Result<ScaleCourse> parse_scales(std::string_view text);

// Goes through a course.
class ScaleSteps {
  public:
    explicit ScaleSteps(const ScaleCourse& course) : course_(course) {}

    [[nodiscard]] std::int64_t next_ns() const {
        return next_ == course_.size() ? std::numeric_limits<std::int64_t>::max()
                                       : course_[next_].at_ns;
    }

    // The change at this time, where there is one, for whoever makes batches.
    template <typename Batcher>
    void apply(std::int64_t now, Batcher& batcher) {
        if (next_ns() == now) {
            batcher.set_scale(course_[next_++].scale);
        }
    }

  private:
    const ScaleCourse& course_;
    std::size_t next_ = 0;
};

}  // namespace penstock::sim
