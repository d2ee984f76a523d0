// SPDX-License-Identifier: Apache-2.0

#include "agent/config/configuration.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "policies/catalogue.h"

namespace penstock::config {
namespace {

const Assignment* last_of(const std::vector<Assignment>& assignments,
                          std::string_view section,
                          std::string_view key) {
    const auto found =
        std::ranges::find_if(assignments.rbegin(), assignments.rend(), [&](const Assignment& each) {
            return each.section == section && each.key == key && !each.value.empty();
        });
    return found != assignments.rend() ? &*found : nullptr;
}

Result<> check_alone(const CatalogueEntry& policy,
                     const PolicySetting& setting,
                     const Settings& settings) {
    PolicySettings alone;
    if (const auto value = penstock::value_of(setting, settings.policy_settings)) {
        static_cast<void>(set_setting(setting, *value, alone));
    }
    return check_settings(policy, alone);
}

}  // namespace

void fit_policy(const std::vector<Assignment>& assignments, Settings& settings, Remarks& remarks) {
    const Result<const CatalogueEntry*> policy = find_policy(settings.policy);
    for (const PolicySetting* setting : settings_in(settings.policy_settings)) {
        const Result<> taken = policy ? check_alone(**policy, *setting, settings) : Result<>();
        if (taken) {
            continue;
        }
        reset_setting(*setting, settings.policy_settings);
        const std::string sentence = taken.error().message() + "; it is left out";
        if (const Assignment* said = last_of(assignments, "Policy", setting->name)) {
            remarks.object(said->place, std::string(setting->name) + "=: " + sentence);
        } else if (const Assignment* chosen = last_of(assignments, "Agent", "Policy")) {
            remarks.warn(chosen->place, sentence);
        }
    }
}

Configuration load(const Tree& root, const Users& users) {
    Configuration loaded;
    std::vector<Assignment> all;
    for (const File& file : gather(root, "agent.conf", loaded.remarks)) {
        std::vector<Assignment> said = parse_unit_text(file.path, file.text, loaded.remarks);
        apply(said, loaded.settings, loaded.remarks);
        std::ranges::move(said, std::back_inserter(all));
        loaded.files.push_back(file.path);
    }
    fit_policy(all, loaded.settings, loaded.remarks);
    for (const File& file : gather_folder(root, "rules.d", loaded.remarks)) {
        if (std::optional<Rule> rule = parse_rule(file, users, loaded.remarks)) {
            loaded.rules.push_back(std::move(*rule));
        }
        loaded.files.push_back(file.path);
    }
    return loaded;
}

}  // namespace penstock::config
