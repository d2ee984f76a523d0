// SPDX-License-Identifier: Apache-2.0
//
// Examination: what the doctor verb found out about the machine, and about its processes when the
// agent answers.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "client/ctl/failure.h"
#include "client/ctl/source_rows.h"
#include "client/ctl/world.h"
#include "kmod-helpers/doctor/ability.h"
#include "kmod-helpers/doctor/finding.h"

namespace penstock::ctl {

struct Examination {
    std::vector<doctor::Finding> findings{};
    std::vector<doctor::DeviceAbility> devices{};
    bool may_preempt = false;
    std::vector<SourceRow> sources{};
    Outcome<World> world{};  // A failure when no agent answers.
};

// Of the machine's driver and devices alone.
[[nodiscard]] Examination examination_of(const doctor::Facts& facts);

[[nodiscard]] std::string doctor_text(const Examination& examination);
[[nodiscard]] nlohmann::json doctor_json(const Examination& examination);

}  // namespace penstock::ctl
