// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/config_view.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "agent/config/rule_terms.h"
#include "base/notation.h"
#include "policies/service_class_names.h"

namespace penstock::ctl {
namespace {

using nlohmann::ordered_json;

const char* text_of(config::Gravity gravity) {
    return gravity == config::Gravity::error ? "error" : "warning";
}

std::string rule_text(const config::Rule& rule) {
    std::string text = "# " + rule.file + ":";
    for (const config::KeyValue& each : config::written(rule.terms)) {
        text.append(fmt::format(" {}={}", each.key, each.value));
    }
    if (rule.may_evict) {
        text.append(*rule.may_evict ? " MayEvict=yes" : " MayEvict=no");
    }
    return text.append(rule.final ? " Final=yes\n" : "\n");
}

double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

ordered_json rule_json(const config::Rule& rule) {
    ordered_json object{{"file", rule.file}, {"final", rule.final}};
    if (rule.terms.priority) {
        object["priority"] = rule.terms.priority->value;
    }
    if (rule.terms.preemptible) {
        object["preemptible"] = rule.terms.preemptible->value;
    }
    if (rule.terms.weight) {
        object["weight"] = rule.terms.weight->value;
    }
    if (rule.terms.service_class) {
        object["class"] = name_of(rule.terms.service_class->value);
    }
    if (rule.terms.deadline) {
        object["deadline_seconds"] = seconds(rule.terms.deadline->value);
    }
    if (rule.terms.cost) {
        object["cost_seconds"] = seconds(rule.terms.cost->value);
    }
    if (rule.terms.dram_max) {
        object["dram_max"] = to_text(rule.terms.dram_max->value);
    }
    if (rule.may_evict) {
        object["may_evict"] = *rule.may_evict;
    }
    return object;
}

}  // namespace

std::string config_text(const config::Configuration& configuration) {
    std::string text;
    std::string_view section;
    for (const config::Key& key : config::keys()) {
        if (key.section != section) {
            section = key.section;
            text.append(fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section));
        }
        text.append(fmt::format("# {} Expected: {}.\n{}={}\n",
                                key.about,
                                config::form_of(key),
                                key.name,
                                config::value_of(key, configuration.settings)));
    }
    text.append("\n# Rules, in the order in which they count:\n");
    for (const config::Rule& rule : configuration.rules) {
        text.append(rule_text(rule));
    }
    return text;
}

ordered_json config_json(const config::Configuration& configuration) {
    ordered_json settings;
    for (const config::Key& key : config::keys()) {
        settings[std::string(key.section)][std::string(key.name)] =
            config::value_of(key, configuration.settings);
    }
    ordered_json rules = ordered_json::array();
    for (const config::Rule& rule : configuration.rules) {
        rules.push_back(rule_json(rule));
    }
    ordered_json remarks = ordered_json::array();
    for (const config::Remark& remark : configuration.remarks.all()) {
        remarks.push_back({{"file", remark.place.file},
                           {"line", remark.place.line},
                           {"gravity", text_of(remark.gravity)},
                           {"sentence", remark.sentence}});
    }
    return {{"settings", std::move(settings)},
            {"rules", std::move(rules)},
            {"files", configuration.files},
            {"remarks", std::move(remarks)}};
}

std::string remarks_text(const config::Configuration& configuration) {
    std::string text;
    const config::Remarks& remarks = configuration.remarks;
    for (const config::Remark& remark : remarks.all()) {
        text.append(fmt::format(
            "{}: {}: {}\n", to_text(remark.place), text_of(remark.gravity), remark.sentence));
    }
    return text.append(fmt::format("{} files, {} rules, {} errors, {} warnings\n",
                                   configuration.files.size(),
                                   configuration.rules.size(),
                                   remarks.errors(),
                                   remarks.warnings()));
}

}  // namespace penstock::ctl
