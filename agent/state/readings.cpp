// SPDX-License-Identifier: Apache-2.0

#include "agent/state/readings.h"

namespace penstock {

void Readings::clear() {
    devices.clear();
    queue_events.clear();
    gate_news.clear();
    counters.clear();
    levels.clear();
    reopened.clear();
    sources.clear();
    hints.clear();
    unmaps.clear();
}

}  // namespace penstock
