// SPDX-License-Identifier: Apache-2.0
//
// Poll turn: which idle rings a poll looks at. A look costs about a microsecond of CPU, so that a
// poll's looks are bounded: up to the bound every idle ring is looked at every time; beyond it, the
// ones that had packets lately are, and of the others a few in turn. A queue that works is looked
// at anyway when its kernel ends, so that only the first packet after a pause waits longer.

#pragma once

#include <map>
#include <vector>

#include "kmod-helpers/emulator/device/emulated_queue.h"

namespace penstock::emulator {

class PollTurn {
  public:
    static constexpr std::size_t most_looks = 32;
    static constexpr std::size_t looks_in_turn = 8;  // At those without packets lately.
    static constexpr Duration lately{std::chrono::milliseconds(10)};

    using Queues = std::map<QueueName, EmulatedQueue>;

    // The chosen ones; all of them are idle.
    [[nodiscard]] std::vector<EmulatedQueue*> next(Queues& queues, TimePoint now);

    // The queue had packets.
    void note(QueueName queue, TimePoint now);

  private:
    struct Busy {
        QueueName name{};
        TimePoint seen{};
    };

    void add_lately_busy(std::vector<EmulatedQueue*>& chosen, Queues& queues, TimePoint now);
    void add_in_turn(std::vector<EmulatedQueue*>& chosen, Queues& queues, TimePoint now);

    std::vector<Busy> lately_busy_;  // The latest last.
    QueueName last_in_turn_{};
};

}  // namespace penstock::emulator
