// SPDX-License-Identifier: Apache-2.0
//
// DecisionRecorder: what the policy saw and decided, tick by tick, in a file of bounded size, for
// --decisions. docs/recording.md has the format; `penstock-sim replay` decides the same again.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/decisions/decision_writer.h"
#include "agent/loop/ports.h"
#include "base/fd.h"

namespace penstock {

// Until it has a file, and after the end of its record, it does nothing.
class DecisionRecorder final : public Witness {
  public:
    // Creates the file anew, readable by its owner only: what processes are called and use is in
    // it.
    Result<> open(const std::string& path, std::uint64_t most_bytes);

    // From the next tick on.
    void followed(std::string_view policy, const PolicySettings& settings);
    void limited(const Guard::Limits& limits);

    void acted(const wire::Acted& act);

    void witness(const Snapshot& seen, const Decision& decided) override;

    void end(std::string_view why);

  private:
    void write(decisions::DecisionWriter& writer);

    Fd file_;
    std::optional<decisions::DecisionWriter> writer_{};
    TimePoint write_due_{};
};

}  // namespace penstock
