// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/calibration.h"

#include <algorithm>

namespace penstock::calibration {
namespace {

Peak best_of(const PeakRow& row) {
    Peak best{.rate = row.read, .kind = StreamKind::read, .cores = row.cores};
    for (const StreamKind kind : {StreamKind::write, StreamKind::copy}) {
        if (best.rate < rate_of(row, kind)) {
            best.rate = rate_of(row, kind);
            best.kind = kind;
        }
    }
    return best;
}

}  // namespace

std::string_view text_of(StreamKind kind) {
    switch (kind) {
        case StreamKind::read:
            return "streaming reads";
        case StreamKind::write:
            return "streaming writes";
        case StreamKind::copy:
            return "streaming copies";
    }
    return "";
}

BytesPerSecond rate_of(const PeakRow& row, StreamKind kind) {
    switch (kind) {
        case StreamKind::read:
            return row.read;
        case StreamKind::write:
            return row.write;
        case StreamKind::copy:
            return row.copy;
    }
    return {};
}

const SignalFigures& figures_of(const CanaryTrial& trial, Signal signal) {
    return signal == Signal::chase ? trial.chase : trial.read;
}

std::optional<Peak> best_peak(const Calibration& calibration, std::uint32_t node) {
    std::optional<Peak> best;
    for (const PeakRow& row : calibration.peaks) {
        const Peak peak = best_of(row);
        if (row.node == node && (!best || best->rate < peak.rate)) {
            best = peak;
        }
    }
    return best;
}

std::vector<std::uint32_t> nodes_of(const Calibration& calibration) {
    std::vector<std::uint32_t> nodes;
    nodes.reserve(calibration.peaks.size());
    for (const PeakRow& row : calibration.peaks) {
        nodes.push_back(row.node);
    }
    std::ranges::sort(nodes);
    const auto repeated = std::ranges::unique(nodes);
    nodes.erase(repeated.begin(), repeated.end());
    return nodes;
}

}  // namespace penstock::calibration
