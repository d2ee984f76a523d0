// SPDX-License-Identifier: Apache-2.0
//
// Box plan: what is to be counted in one box, worked out from sysfs before any counter is opened.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/probes/perf/counter_kind.h"
#include "agent/probes/perf/pmu.h"

namespace penstock {

// The processors on which a box is counted, and the file that said so.
struct CpuMask {
    std::unique_ptr<OpenFile> file{};  // Null where it has none.
    std::string content{};
    std::vector<std::uint32_t> cpus{};
};

// One event of a plan.
struct PlannedEvent {
    PerfEvent event{};
    Quantity quantity{};
    double unit = 1;
};

struct BoxPlan {
    std::string box{};
    const Flavour* flavour = nullptr;
    std::vector<PlannedEvent> events{};
    CpuMask mask{};
};

// A failure says what is missing or makes no sense.
[[nodiscard]] Result<BoxPlan> plan_box(Machine& machine,
                                       const CounterKind& kind,
                                       const std::string& box);

}  // namespace penstock
