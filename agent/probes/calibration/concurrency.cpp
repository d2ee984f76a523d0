// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/concurrency.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/probes/calibration/verdict.h"
#include "policies/leases/token.h"

namespace penstock::calibration {
namespace {

constexpr std::array kinds{StreamKind::read, StreamKind::write, StreamKind::copy};

double times(const PeakRow& together, const PeakRow& alone, StreamKind kind) {
    const std::uint64_t one = rate_of(alone, kind).value;
    return one == 0 ? 0
                    : static_cast<double>(rate_of(together, kind).value) / static_cast<double>(one);
}

void keep_larger(const PeakRow& together, const PeakRow& alone, ConcurrencyGain& largest) {
    if (alone.node != together.node || alone.cores != 1 || together.cores <= 1) {
        return;
    }
    for (const StreamKind kind : kinds) {
        const double found = times(together, alone, kind);
        if (found > largest.times) {
            largest = {.times = found, .kind = kind, .cores = together.cores};
        }
    }
}

// No gain when the node has no row of one core, or none of more.
ConcurrencyGain largest_gain(const Calibration& calibration, std::uint32_t node) {
    ConcurrencyGain largest;
    for (const PeakRow& alone : calibration.peaks) {
        if (alone.node != node) {
            continue;
        }
        for (const PeakRow& together : calibration.peaks) {
            keep_larger(together, alone, largest);
        }
    }
    return largest;
}

}  // namespace

std::expected<ConcurrencyGain, std::string> concurrency_gain(const Calibration& calibration,
                                                             std::uint32_t node) {
    const ConcurrencyGain found = largest_gain(calibration, node);
    if (found.cores == 0) {
        return std::unexpected(fmt::format(
            "calibration did not measure memory node {} with one core and with several", node));
    }
    if (found.times < least_gain) {
        return std::unexpected(fmt::format(
            "calibration has {} cores move {:.3f} times what one does, which can not be: repeat "
            "penstockctl calibrate",
            found.cores,
            found.times));
    }
    const std::string others = others_text(calibration);
    if (!others.empty() && found.times < gain_of_sharing) {
        return std::unexpected(fmt::format(
            "{} during calibration, which were not there for several cores at once: repeat "
            "penstockctl calibrate on an idle machine",
            others));
    }
    return found;
}

std::string origin_text(const Calibration& calibration, StreamKind kind, std::uint32_t cores) {
    constexpr std::size_t day_length = 10;
    const std::string others = others_text(calibration);
    return fmt::format("measured {} by {} on {} {}{}{}",
                       calibration.date.substr(0, day_length),
                       text_of(kind),
                       cores,
                       cores == 1 ? "core" : "cores",
                       others.empty() ? "" : " while ",
                       others);
}

Sample<double> gain_sample(const Calibration& calibration, std::uint32_t node) {
    const auto gain = concurrency_gain(calibration, node);
    Sample<double> sample{.confidence = Confidence::derived};
    if (gain) {
        sample.value = gain->times;
        sample.source = origin_text(calibration, gain->kind, gain->cores);
    } else {
        sample.source = gain.error();
    }
    return sample;
}

}  // namespace penstock::calibration
