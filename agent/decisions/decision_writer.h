// SPDX-License-Identifier: Apache-2.0
//
// Decision writer: makes lines of what a control loop sees and decides, tick after tick.
//
// A tick is told by what has changed since the one before, so that a quiet machine costs a few
// bytes. The record is bounded: at its end stands why it ends.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/decisions/decision_line.h"
#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock::decisions {

class DecisionWriter {
  public:
    // All lines together have no more bytes than `most`.
    DecisionWriter(const Head& head, std::uint64_t most);

    void followed(std::string_view policy, const PolicySettings& settings);
    void limited(const Guard::Limits& limits);
    void acted(const wire::Acted& act);
    void ticked(const Snapshot& seen, const Decision& decided);
    void ended(std::string_view why);

    // There is the last line; nothing is added any more.
    [[nodiscard]] bool over() const { return over_; }

    // Whole lines that nobody has taken yet: whoever writes them away clears them.
    [[nodiscard]] std::string& waiting() { return waiting_; }

  private:
    void put();  // The line that lies ready.

    std::uint64_t most_;
    std::uint64_t bytes_ = 0;
    bool over_ = false;
    std::string waiting_{};
    std::string line_{};
    Snapshot seen_{};
    Decision decided_{};
};

}  // namespace penstock::decisions
