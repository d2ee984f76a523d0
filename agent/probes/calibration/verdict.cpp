// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace penstock::calibration {
namespace {

constexpr double percent = 100;

// Downwards, so that what is not enough does not look like it.
double floored(double value, double per_unit) {
    return std::floor(value * per_unit) / per_unit;
}

bool enough_probes(const CanaryTrial& trial) {
    return trial.alone >= probes_needed && trial.loaded >= probes_needed;
}

}  // namespace

bool tells_a_load(const SignalFigures& figures) {
    return figures.change >= change_needed && figures.auc >= auc_needed && figures.alone_ns > 0 &&
           figures.loaded_ns > figures.alone_ns;
}

Signal better_signal(const CanaryTrial& trial) {
    const bool chase = tells_a_load(trial.chase);
    if (chase != tells_a_load(trial.read)) {
        return chase ? Signal::chase : Signal::read;
    }
    return trial.chase.auc >= trial.read.auc ? Signal::chase : Signal::read;
}

bool canary_usable(const Calibration& calibration) {
    const auto& trial = calibration.canary;
    return trial && enough_probes(*trial) && calibration.others <= others_allowed &&
           tells_a_load(figures_of(*trial, better_signal(*trial)));
}

std::string canary_refusal(const Calibration& calibration) {
    const auto& trial = calibration.canary;
    if (!trial) {
        return calibration.no_canary_because;
    }
    if (!enough_probes(*trial)) {
        return fmt::format(
            "calibration kept {} probes alone and {} under load ({} of each needed) and discarded "
            "{}: other programs or the hypervisor used the processors",
            trial->alone,
            trial->loaded,
            probes_needed,
            trial->discarded);
    }
    const SignalFigures& figures = figures_of(*trial, better_signal(*trial));
    if (tells_a_load(figures)) {
        const std::string others = others_text(calibration);
        return others.empty() ? ""
                              : fmt::format("{} during calibration ({:.0f} % allowed)",
                                            others,
                                            others_allowed * percent);
    }
    return fmt::format(
        "calibration measured a paired change of {:.1f} % ({:.0f} % needed) and an AUC of {:.2f} "
        "({} needed)",
        floored(figures.change * percent, 10),
        change_needed * percent,
        floored(figures.auc, percent),
        auc_needed);
}

std::string others_text(const Calibration& calibration) {
    return calibration.others <= others_allowed
               ? ""
               : fmt::format("other programs used {:.0f} % of the processors",
                             std::ceil(calibration.others * percent));
}

double pressure_of(double line_ns, const SignalFigures& figures) {
    constexpr double most =
        1.5;  // Beyond what was calibrated nothing is known but that it is more.
    const double share = (line_ns - figures.alone_ns) / (figures.loaded_ns - figures.alone_ns);
    return std::clamp(share, 0.0, most);
}

}  // namespace penstock::calibration
