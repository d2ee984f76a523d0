// SPDX-License-Identifier: Apache-2.0
//
// Statistics by which a calibration decides: medians and ranks, because a few samples that met an
// interrupt must not decide anything.

#pragma once

#include <optional>
#include <span>
#include <vector>

namespace penstock::calibration {

// The mean of the middle two when there is no middle one; nothing of nothing.
[[nodiscard]] std::optional<double> median_of(std::vector<double> values);

// The area under the ROC curve: the probability that a sample of `loaded` is above one of `alone`,
// where equal ones count half. 0.5 when nothing tells them apart, 1 when everything does.
[[nodiscard]] std::optional<double> auc_of(std::span<const double> alone,
                                           std::span<const double> loaded);

struct Interval {
    double low = 0;
    double high = 0;
    bool operator==(const Interval&) const = default;
};

// Between these two of the values the median lies with a probability of at least 95 %, whatever
// they are distributed like: that of the sign test. Of fewer than 6 values no such pair exists;
// then the smallest and the largest. Takes at most 1000 values.
[[nodiscard]] std::optional<Interval> median_interval(std::vector<double> values);

// What was sampled in a row, without or with a load.
struct Window {
    bool loaded = false;
    std::vector<double> samples{};
};

// By which share the medians of a round's loaded windows are above those of the others: 0.15 for
// 15 %. A round such as A-B-A cancels a drift that is steady over it. Nothing when a window is
// empty, or all are of one sort.
[[nodiscard]] std::optional<double> paired_change(std::span<const Window> round);

}  // namespace penstock::calibration
