// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "sim/paper/experiment.h"

namespace penstock::sim {

Experiments experiments(const std::string& folder, const std::string& prefix) {
    Experiments all;
    for (const Experiments& group : std::array{priority_experiments(),
                                               share_experiments(),
                                               latency_experiments(),
                                               threshold_experiments(),
                                               harvest_experiments(),
                                               video_experiments(folder),
                                               serving_experiments()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    std::erase_if(all, [&](const Experiment& each) { return !each.id.starts_with(prefix); });
    return all;
}

}  // namespace penstock::sim
