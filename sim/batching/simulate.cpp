// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/simulate.h"

#include "sim/batching/batch_run.h"
#include "sim/batching/continuous_run.h"

namespace penstock::sim {

Result<Outcome> simulate(const BatchingConfig& config,
                         const Trace& trace,
                         const RunAudience& audience,
                         const ScaleCourse& scales) {
    if (config.batching.mode != batching::Mode::continuous) {
        return BatchRun(config, trace, audience, scales).run();
    }
    if (config.step == StepKind::token) {
        return ContinuousRun<batching::TokenBatcher>(
                   config,
                   trace,
                   audience,
                   scales,
                   batching::TokenBatcher(config.batching, config.devices))
            .run();
    }
    return ContinuousRun<batching::ChunkedBatcher>(
               config,
               trace,
               audience,
               scales,
               batching::ChunkedBatcher(config.batching, config.chunks, config.devices))
        .run();
}

}  // namespace penstock::sim
