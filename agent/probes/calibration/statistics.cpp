// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/statistics.h"

#include <algorithm>
#include <array>

namespace penstock::calibration {
namespace {

struct Ranked {
    double value = 0;
    bool loaded = false;
};

// The rank of the lower bound: the largest k for which a fair coin falls fewer than k times on one
// side in n throws with a probability of at most 2.5 %. 0 when that holds for none.
std::size_t rank_of_bound(std::size_t n) {
    constexpr double at_either_end = 0.025;
    double exactly = 1;  // The probability of exactly k of n.
    for (std::size_t throws = 0; throws < n; ++throws) {
        exactly /= 2;
    }
    double at_most = 0;
    std::size_t k = 0;
    while (k < n / 2 && at_most + exactly <= at_either_end) {
        at_most += exactly;
        exactly *= static_cast<double>(n - k) / static_cast<double>(k + 1);
        ++k;
    }
    return k;
}

}  // namespace

std::optional<double> median_of(std::vector<double> values) {
    if (values.empty()) {
        return std::nullopt;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 != 0) {
        return *middle;
    }
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::optional<double> auc_of(std::span<const double> alone, std::span<const double> loaded) {
    if (alone.empty() || loaded.empty()) {
        return std::nullopt;
    }
    std::vector<Ranked> all;
    all.reserve(alone.size() + loaded.size());
    for (const double value : alone) {
        all.push_back({.value = value});
    }
    for (const double value : loaded) {
        all.push_back({.value = value, .loaded = true});
    }
    std::ranges::sort(all, {}, &Ranked::value);
    // Of each group of equal values: every loaded one is above all that were alone before it, and
    // half above those beside it.
    double pairs = 0;
    double alone_before = 0;
    for (auto from = all.begin(); from != all.end();) {
        const auto end = std::find_if(
            from, all.end(), [&](const Ranked& each) { return each.value != from->value; });
        const auto with_load = static_cast<double>(
            std::count_if(from, end, [](const Ranked& each) { return each.loaded; }));
        const double without = static_cast<double>(end - from) - with_load;
        pairs += with_load * (alone_before + without / 2);
        alone_before += without;
        from = end;
    }
    return pairs / (static_cast<double>(alone.size()) * static_cast<double>(loaded.size()));
}

std::optional<Interval> median_interval(std::vector<double> values) {
    if (values.empty()) {
        return std::nullopt;
    }
    std::ranges::sort(values);
    const std::size_t rank = rank_of_bound(values.size());
    const std::size_t low = rank == 0 ? 0 : rank - 1;
    return Interval{.low = values[low], .high = values[values.size() - 1 - low]};
}

std::optional<double> paired_change(std::span<const Window> round) {
    std::array<double, 2> sum{};
    std::array<std::size_t, 2> count{};
    for (const Window& window : round) {
        const std::optional<double> median = median_of(window.samples);
        if (!median) {
            return std::nullopt;
        }
        const std::size_t sort = window.loaded ? 1 : 0;
        sum.at(sort) += *median;
        ++count.at(sort);
    }
    if (count[0] == 0 || count[1] == 0 || sum[0] <= 0) {
        return std::nullopt;
    }
    const double alone = sum[0] / static_cast<double>(count[0]);
    return sum[1] / static_cast<double>(count[1]) / alone - 1;
}

}  // namespace penstock::calibration
