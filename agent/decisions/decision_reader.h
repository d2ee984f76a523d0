// SPDX-License-Identifier: Apache-2.0
//
// Decision reader: goes through a record of decisions, and holds what was seen and decided at the
// tick that it stands at.
//
// Records come from strangers: they are read line by line within the limits of decision_limits.h.
// What makes no sense is told with the number of its line, and nothing is read beyond.

#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "agent/decisions/decision_line.h"
#include "base/result.h"
#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock::decisions {

using Event = std::variant<Followed, Limited, Done, Ticked, Ended>;

class DecisionReader {
  public:
    // Reads the first line. A failure here and in next() names the line.
    static Result<DecisionReader> open(std::unique_ptr<std::istream> text);

    [[nodiscard]] const Head& head() const { return head_; }

    // The last one is Ended; after it, and after a failure, there is nothing to ask for. A record
    // that stops without it was cut short, which is a failure.
    Result<Event> next();

    // As of the latest tick.
    [[nodiscard]] const Snapshot& seen() const { return seen_; }

    [[nodiscard]] const Decision& decided() const { return decided_; }

    [[nodiscard]] std::uint64_t line() const { return number_; }

  private:
    explicit DecisionReader(std::unique_ptr<std::istream> text);

    std::size_t read_line();
    Result<std::string_view> next_line();
    Result<> read_head();
    [[nodiscard]] std::unexpected<Error> at_line(const std::string& sentence) const;

    std::unique_ptr<std::istream> text_;
    std::vector<char> line_;
    std::uint64_t number_ = 0;  // Of the last line read.
    std::uint64_t bytes_ = 0;
    Head head_{};
    Snapshot seen_{};
    Decision decided_{};
};

}  // namespace penstock::decisions
