// SPDX-License-Identifier: Apache-2.0
//
// Configuration: a file that somebody has put where the agent looks. What is accepted is within its
// range and can be written and read again; whatever is wrong is said in a sentence; and no rule
// raises a process by what it says of itself.

#include <algorithm>

#include "agent/config/configuration.h"
#include "agent/config/rule_terms.h"
#include "agent/config/values.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

using namespace config;

void check(const Settings& settings) {
    Settings again;
    for (const Key& key : keys()) {
        require(set(key, value_of(key, settings), again).has_value());
    }
    require(again.tick == settings.tick && again.policy == settings.policy);
    require(again.may_evict == settings.may_evict && again.dram_peak == settings.dram_peak);
    require(again.admin_group == settings.admin_group && settings.admin_group.size() <= 64);
    require(settings.longest_suspension.count() > 0 && settings.shortest_run_window.count() > 0);
    require(settings.device_time_share > 0 && settings.device_time_share <= 0.5);
}

void check(const Rule& rule) {
    require(!rule.conditions.empty());
    each_term([&](const auto& term) {
        const auto& chosen = rule.terms.*term.choice;
        require(!chosen || (chosen->value >= term.least && chosen->value <= term.most));
    });
    const bool own_word = std::ranges::all_of(rule.conditions, [](const Condition& each) {
        return each.of == &Identity::program || each.of == &Identity::command;
    });
    require(own_word == trusts_own_word(rule));
    require(!own_word || (!raises(rule.terms) && rule.may_evict != false));
    for (const KeyValue& each : written(rule.terms)) {
        require(parse_term(each.key, each.value, "").has_value());
    }
    const Identity anybody{.unit = "a.service", .user = "a", .program = "/bin/a", .command = "a b"};
    const Grant granted = grant({rule}, anybody);
    require(!granted.terms.priority || !granted.terms.priority->source.empty());
}

void check(const Remarks& remarks) {
    require(remarks.all().size() <= most_remarks);
    require(remarks.all().size() <= remarks.errors() + remarks.warnings());
    for (const Remark& each : remarks.all()) {
        require(!each.sentence.empty());
        require(std::ranges::none_of(each.sentence, [](char byte) { return byte == '\x1b'; }));
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    namespace config = penstock::config;
    namespace fuzz = penstock::fuzz;
    const std::string_view text = fuzz::as_text({bytes, size});
    const config::Users nobody = [](const std::string&) { return std::nullopt; };
    config::Remarks remarks;
    config::Settings settings;
    config::apply(config::parse_unit_text("/f", text, remarks), settings, remarks);
    fuzz::check(settings);
    if (const auto rule =
            config::parse_rule({.path = "/f", .text = std::string(text)}, nobody, remarks)) {
        fuzz::check(*rule);
    }
    fuzz::check(remarks);
    return 0;
}
