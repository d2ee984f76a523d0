// SPDX-License-Identifier: Apache-2.0
//
// Ladder: the rungs this gate has, best first, and the search for the best one that a process
// allows.

#pragma once

#include <functional>
#include <memory>

#include "agent/gate/kept_word.h"
#include "agent/gate/rung.h"
#include "base/fd.h"

namespace penstock::gate {

// The socket to a process that cooperates, and what it says it can do.
struct Cooperation {
    Fd socket{};
    std::uint32_t abilities = 0;  // Bits of client::Ability.
};

// A process on its way up.
struct Climber {
    Target target{};
    bool may_evict = false;
    std::optional<Cooperation> cooperation{};  // Taken by the rung that uses it.
    // Where a queue of it stands, by number; for rungs that have to believe the process.
    KeptWord::Look look{};
    // What the driver showed of its queues on the way; nothing when it was not asked.
    std::optional<std::vector<kfd::QueueSnapshotEntry>> seen{};
};

// The levels that are not to be tried.
class Barred {
  public:
    void bar(PreemptionLevel level) { levels_ |= bit(level); }

    void clear() { levels_ = 0; }

    [[nodiscard]] bool bars(PreemptionLevel level) const { return (levels_ & bit(level)) != 0; }

  private:
    static std::uint32_t bit(PreemptionLevel level) { return 1U << static_cast<unsigned>(level); }

    std::uint32_t levels_ = 0;
};

class Ladder {
  public:
    // An error without words means that the rung was never offered, which needs no explanation.
    using Maker = std::function<Result<std::unique_ptr<Rung>>(const Ports&, Climber&)>;

    struct Climbed {
        std::unique_ptr<Rung> rung{};  // Null when none works.
        std::string reason{};          // Why no better one: "debug-suspend: …; process-evict: …".
    };

    // From the best to the worst.
    void add(PreemptionLevel level, Maker maker) { steps_.push_back({level, std::move(maker)}); }

    [[nodiscard]] Climbed climb(const Ports& ports, Climber& climber, const Barred& barred) const;

  private:
    struct Step {
        PreemptionLevel level = PreemptionLevel::none;
        Maker maker{};
    };

    std::vector<Step> steps_;
};

}  // namespace penstock::gate
