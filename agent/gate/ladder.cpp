// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/ladder.h"

#include "policies/level_names.h"

namespace penstock::gate {
namespace {

void append(std::string& reasons, PreemptionLevel level, const std::string& reason) {
    if (!reasons.empty()) {
        reasons += "; ";
    }
    reasons.append(name_of(level)).append(": ").append(reason);
}

}  // namespace

Ladder::Climbed Ladder::climb(const Ports& ports, Climber& climber, const Barred& barred) const {
    Climbed climbed;
    for (const Step& step : steps_) {
        if (barred.bars(step.level)) {
            continue;
        }
        Result<std::unique_ptr<Rung>> rung = step.maker(ports, climber);
        if (rung) {
            climbed.rung = std::move(*rung);
            return climbed;
        }
        if (const std::string reason = rung.error().message(); !reason.empty()) {
            append(climbed.reason, step.level, reason);
        }
    }
    return climbed;
}

}  // namespace penstock::gate
