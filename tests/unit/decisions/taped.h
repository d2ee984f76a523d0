// SPDX-License-Identifier: Apache-2.0
//
// Taped: a record of decisions, written by the shipped writer or by hand, and read again.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "agent/decisions/decision_limits.h"
#include "agent/decisions/decision_reader.h"
#include "agent/decisions/decision_writer.h"
#include "policies/catalogue.h"

namespace penstock::decisions {

inline Result<DecisionReader> open_text(const std::string& text) {
    return DecisionReader::open(std::make_unique<std::istringstream>(text));
}

inline const std::string head_line =
    R"({"penstock_decisions":1,"program":"test","started":1700000000.5,"started_at_ns":0})"
    "\n";

// What is wrong with the first line of these that makes no sense, or "" when all do.
inline std::string objection_to(const std::string& lines) {
    Result<DecisionReader> reader = open_text(head_line + lines);
    if (!reader) {
        return reader.error().message();
    }
    while (true) {
        const Result<Event> event = reader->next();
        if (!event) {
            return event.error().message();
        }
        if (std::holds_alternative<Ended>(*event)) {
            return "";
        }
    }
}

// What a loop with this policy would record.
class Tape {
  public:
    explicit Tape(const std::string& policy, std::uint64_t most = longest_record)
        : policy_(*make_policy(policy)), writer_(Head{.program = "test"}, most) {
        writer_.limited({});
        writer_.followed(policy, {});
    }

    Tape& see(const Snapshot& seen) {
        writer_.ticked(seen, Guard(Guard::Limits{}).trim(policy_->decide(seen), seen));
        return *this;
    }

    // Of an order that the policy did not give.
    Tape& see(const Snapshot& seen, const Decision& decided) {
        writer_.ticked(seen, decided);
        return *this;
    }

    Tape& acted(const wire::Acted& act) {
        writer_.acted(act);
        return *this;
    }

    std::string end() {
        writer_.ended("the test is over");
        return writer_.waiting();
    }

    std::string text() { return writer_.waiting(); }

  private:
    std::unique_ptr<Policy> policy_;
    DecisionWriter writer_;
};

}  // namespace penstock::decisions
