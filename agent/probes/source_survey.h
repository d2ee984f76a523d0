// SPDX-License-Identifier: Apache-2.0
//
// Source survey: opens every source once, to tell a person how each of them stands on a machine.
//
// Nobody waits for a source that blocks: each is opened in a thread of its own, which is left
// behind when it does not come back in time.

#pragma once

#include <memory>
#include <vector>

#include "agent/probes/source.h"

namespace penstock {

struct SurveyParts {
    std::shared_ptr<Machine> machine{};  // Used by all threads at once, also by one left behind.
    Surroundings around{};
    Duration patience{std::chrono::seconds(2)};
};

// In the order of the sources. They are closed again.
[[nodiscard]] std::vector<SourceState> survey_sources(const SurveyParts& parts,
                                                      std::vector<NumberedSource> sources);

}  // namespace penstock
