// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/source_rows.h"

#include "agent/probes/accelerators.h"
#include "agent/probes/real_machine.h"
#include "agent/probes/source_catalogue.h"
#include "agent/probes/source_survey.h"
#include "base/text.h"

namespace penstock::ctl {
namespace {

constexpr std::size_t longest_reason = 512;

}  // namespace

std::shared_ptr<Machine> machine_below(const std::string& root) {
    return std::make_shared<RealMachine>(root == "/" ? RealMachine(RealMachine::Roots{})
                                                     : RealMachine::below(root));
}

std::vector<SourceRow> source_rows(const std::shared_ptr<Machine>& machine) {
    constexpr bool emulated = false;  // It would mark readings, of which there are none.
    const Surroundings around = surroundings_of(find_accelerators(*machine), emulated);
    std::vector<NumberedSource> sources = make_sources({}, around);
    std::vector<SourceRow> rows;
    for (const NumberedSource& source : sources) {
        rows.push_back({.measures = std::string(source_catalogue()[source.id.kind].measures)});
    }
    const auto states = survey_sources({.machine = machine, .around = around}, std::move(sources));
    for (std::size_t each = 0; each < states.size(); ++each) {
        rows[each].name = states[each].name;
        rows[each].standing = states[each].standing;
        rows[each].reason = printable(states[each].reason, longest_reason);
    }
    return rows;
}

}  // namespace penstock::ctl
