// SPDX-License-Identifier: Apache-2.0
//
// Batching run: one simulation from its configuration to its figures, and several beside each
// other.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sim/batching/batching_config.h"
#include "sim/batching/batching_figures.h"
#include "sim/batching/calibration.h"
#include "sim/batching/latency_curve.h"
#include "sim/batching/simulate.h"

namespace penstock::sim {

// What all runs of one command line have in common.
struct BatchingInputs {
    RawTrace trace{};
    ConfigValues values{};
    std::optional<Calibration> calibration{};
    ScaleCourse scales{};
};

struct BatchingRun {
    BatchingConfig config{};
    Trace trace{};
    Outcome outcome{};
    BatchingFigures figures{};
};

// `changes` are "KEY=VALUE", instead of what the configuration says.
[[nodiscard]] Result<BatchingRun> run_batching(const BatchingInputs& inputs,
                                               const std::vector<std::string>& changes,
                                               const RunAudience& audience = {});

// A configuration beside others.
struct Variant {
    std::string name{};
    std::vector<std::string> changes{};
    std::string series{};  // Those of one series differ in their rate only.
};

// Static batches of 8, 32 and 64, and these modes: all others when there are none.
[[nodiscard]] std::vector<Variant> variants_to_compare(const std::vector<std::string>& modes);

// Of "KEY=A,B,C".
[[nodiscard]] Result<std::vector<Variant>> variants_to_sweep(std::string_view sweep);

// Each of them at each of these multiples of the trace's rate; as they are when there are none.
[[nodiscard]] std::vector<Variant> at_rates(std::vector<Variant> variants,
                                            const std::vector<double>& rates);

struct NamedFigures {
    std::string name{};
    std::string series{};
    BatchingFigures figures{};
    std::vector<LatencyPoint> curve{};  // Where it is asked for.
};

[[nodiscard]] NamedFigures named_figures(const Variant& variant, const BatchingRun& run);

struct VariantAudience {
    bool wants_curves = false;
    TellProgress progress{};
};

[[nodiscard]] Result<std::vector<NamedFigures>> run_variants(const BatchingInputs& inputs,
                                                             const std::vector<Variant>& variants,
                                                             const VariantAudience& audience = {});

[[nodiscard]] std::string figures_table(const std::vector<NamedFigures>& runs);
[[nodiscard]] std::string figures_array_json(const std::vector<NamedFigures>& runs);

// A line for each pair that gave every request the same times on the same device; "" without any.
[[nodiscard]] std::string alike_text(const std::vector<NamedFigures>& runs);

// Of a run outside of what was calibrated; "" when it is inside, or nothing was.
[[nodiscard]] std::string range_warning(const BatchingInputs& inputs, const BatchingRun& run);

// One line per request, in the order of their ids.
[[nodiscard]] std::string requests_csv(const BatchingRun& run);

}  // namespace penstock::sim
