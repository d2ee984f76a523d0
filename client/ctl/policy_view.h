// SPDX-License-Identifier: Apache-2.0
//
// Policy view: how policies, their settings and explanations are shown. What comes from the bus is
// taken for what it is, also when it is not of the expected form.

#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace penstock::ctl {

// The Manager's properties Policy, AvailablePolicies and PolicySettings.
struct PolicyView {
    nlohmann::json name{};
    nlohmann::json all{};
    nlohmann::json settings{};
};

// A line per policy, the present one marked.
[[nodiscard]] std::string policies_text(const PolicyView& view);
[[nodiscard]] nlohmann::ordered_json policies_json(const PolicyView& view);

// The present one, with a line per setting.
[[nodiscard]] std::string policy_text(const PolicyView& view);
[[nodiscard]] nlohmann::ordered_json policy_json(const PolicyView& view);

// ExplainProcess' rows.
[[nodiscard]] std::string explanation_text(const nlohmann::json& rows);
[[nodiscard]] nlohmann::ordered_json explanation_json(const nlohmann::json& rows);

}  // namespace penstock::ctl
