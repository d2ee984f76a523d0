// SPDX-License-Identifier: Apache-2.0
//
// Calibration: a file that anybody may have written. What is accepted is what a machine can be,
// says of the canary what its figures say, and is written again as the same.

#include <cmath>

#include "agent/probes/calibration/calibration_text.h"
#include "agent/probes/calibration/steal.h"
#include "agent/probes/calibration/verdict.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

using namespace calibration;

void check(const SignalFigures& figures) {
    require(std::isfinite(figures.alone_ns) && figures.alone_ns >= 0);
    require(std::isfinite(figures.loaded_ns) && std::isfinite(figures.change));
    require(figures.auc >= 0 && figures.auc <= 1);
}

void check(const Calibration& found) {
    require(!found.peaks.empty() && found.peaks.size() <= most_peak_rows);
    for (const std::uint32_t node : nodes_of(found)) {
        require(best_peak(found, node)->rate.value > 0);
    }
    require(found.others >= 0 && found.others <= 1);
    require(canary_usable(found) == canary_refusal(found).empty());
    if (found.canary) {
        check(found.canary->chase);
        check(found.canary->read);
        require(found.canary->period >= std::chrono::milliseconds(1));
    }
    if (canary_usable(found)) {
        const double pressure =
            pressure_of(100, figures_of(*found.canary, better_signal(*found.canary)));
        require(pressure >= 0 && pressure <= 1.5);
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const std::string_view text = fuzz::as_text({bytes, size});
    const Result<calibration::Calibration> found = calibration::parse_calibration(text);
    if (found) {
        fuzz::check(*found);
        fuzz::require(calibration::parse_calibration(calibration::text_of(*found)) == *found);
    } else {
        fuzz::require(!found.error().message().empty());
    }
    if (const auto ticks = calibration::processor_ticks(text)) {
        static_cast<void>(calibration::stolen_between({}, *ticks));
    }
    return 0;
}
