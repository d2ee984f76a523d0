// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "sim/record/record_account.h"
#include "sim/record/record_text.h"
#include "sim/verbs.h"

namespace penstock::sim {

// What came before a failure is told.
Result<> run(const Report& verb) {
    Result<RecordText> text = open_record(verb.file);
    if (!text) {
        return std::unexpected(std::move(text).error());
    }
    Result<decisions::DecisionReader> record =
        decisions::DecisionReader::open(std::move(text->text));
    if (!record) {
        return std::unexpected(std::move(record).error());
    }
    RecordAccount account;
    Result<> accounted = account_for(*record, account);
    fmt::print("{}", verb.json ? report_json(account) : report_text(account));
    return accounted;
}

}  // namespace penstock::sim
