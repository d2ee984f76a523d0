// SPDX-License-Identifier: Apache-2.0
//
// Decision log: a record that strangers send in, decided again by who decided then and by every
// other policy, and accounted for. What it holds is written once more and read again: the same.

#include <sstream>

#include "agent/decisions/decision_limits.h"
#include "agent/decisions/decision_writer.h"
#include "agent/decisions/shapes.h"
#include "policies/catalogue.h"
#include "sim/record/decision_replay.h"
#include "sim/record/record_account.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

using decisions::DecisionReader;

Result<DecisionReader> reader_of(std::string_view text) {
    return DecisionReader::open(std::make_unique<std::istringstream>(std::string(text)));
}

void replay(std::string_view text, const std::optional<sim::Decider>& decider) {
    Result<DecisionReader> record = reader_of(text);
    sim::ReplayFigures figures;
    const Result<> replayed = sim::replay_decisions(*record, decider, figures);
    require(replayed || replayed.error().message().starts_with("line "));
    require(figures.differences <= figures.ticks);
    require(!sim::replay_text(figures, decider).empty());
    require(!sim::replay_json(figures, decider).empty());
}

void account(std::string_view text) {
    Result<DecisionReader> record = reader_of(text);
    sim::RecordAccount found;
    const Result<> accounted = sim::account_for(*record, found);
    require(accounted || accounted.error().message().starts_with("line "));
    require(!sim::report_text(found).empty());
    require(!sim::report_json(found).empty());
}

void write_again(std::string_view text) {
    Result<DecisionReader> record = reader_of(text);
    decisions::DecisionWriter writer(record->head(), decisions::longest_record);
    for (Result<decisions::Event> event = record->next();
         event && !std::holds_alternative<decisions::Ended>(*event);
         event = record->next()) {
        if (std::holds_alternative<decisions::Ticked>(*event)) {
            writer.ticked(record->seen(), record->decided());
            Result<DecisionReader> again = reader_of(writer.waiting());
            for (Result<decisions::Event> each = again->next(); each; each = again->next()) {
            }
            require(decisions::same(again->seen(), record->seen()));
            require(decisions::same(again->decided(), record->decided()));
        }
    }
}

void try_all(std::string_view text) {
    if (const auto record = reader_of(text); !record) {
        require(!record.error().message().empty());
        return;
    }
    replay(text, std::nullopt);
    for (const CatalogueEntry& entry : catalogue()) {
        replay(text, sim::Decider{.policy = std::string(entry.name)});
    }
    account(text);
    write_again(text);
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    penstock::fuzz::try_all(penstock::fuzz::as_text({bytes, size}));
    return 0;
}
