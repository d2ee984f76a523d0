// SPDX-License-Identifier: Apache-2.0
//
// Source standings: which sources there are and how they stand, in order of preference.

#pragma once

#include <span>
#include <vector>

#include "agent/state/readings.h"

namespace penstock {

class SourceStandings {
  public:
    // Writes all of them into `into` when there is news.
    void absorb(std::span<const SourceNews> news, std::vector<SourceState>& into);

  private:
    std::vector<SourceNews> known_;  // Sorted by source.
};

}  // namespace penstock
