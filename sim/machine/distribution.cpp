// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/distribution.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace penstock::sim {
namespace {

// Each doubling is divided into so many classes; below the first one each number has its own.
constexpr unsigned fine_bits = 10;
constexpr std::size_t fine = std::size_t{1} << fine_bits;
constexpr unsigned most_bits = 46;  // 19 hours in ns.
constexpr std::size_t classes = (most_bits - fine_bits + 1) * fine;

std::size_t class_of(std::uint64_t value) {
    if (value < fine) {
        return value;
    }
    const auto bits = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = bits - fine_bits - 1;
    const std::size_t number = ((shift + 1) * fine) + ((value >> shift) - fine);
    return std::min(number, classes - 1);
}

// The middle of it.
std::int64_t value_of(std::size_t number) {
    if (number < fine) {
        return static_cast<std::int64_t>(number);
    }
    const std::size_t shift = (number / fine) - 1;
    const std::uint64_t low = (fine + number % fine) << shift;
    return static_cast<std::int64_t>(low + ((std::uint64_t{1} << shift) / 2));
}

}  // namespace

Distribution::Distribution() : classes_(classes) {}

void Distribution::add(std::int64_t value) {
    const std::int64_t counted = std::max<std::int64_t>(value, 0);
    ++classes_[class_of(static_cast<std::uint64_t>(counted))];
    ++count_;
    sum_ += static_cast<double>(counted);
    most_ = std::max(most_, counted);
}

void Distribution::add(const Distribution& other) {
    for (std::size_t number = 0; number < classes; ++number) {
        classes_[number] += other.classes_[number];
    }
    count_ += other.count_;
    sum_ += other.sum_;
    most_ = std::max(most_, other.most_);
}

double Distribution::mean() const {
    return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

// By nearest rank.
std::int64_t Distribution::quantile(double share) const {
    if (count_ == 0) {
        return 0;
    }
    const double wished = share * static_cast<double>(count_);
    auto rank = static_cast<std::uint64_t>(wished);
    rank += static_cast<double>(rank) < wished ? 1 : 0;
    rank = std::clamp<std::uint64_t>(rank, 1, count_);
    std::uint64_t passed = 0;
    for (std::size_t number = 0; number < classes; ++number) {
        passed += classes_[number];
        if (passed >= rank) {
            return std::min(value_of(number), most_);
        }
    }
    return most_;
}

}  // namespace penstock::sim
