// SPDX-License-Identifier: Apache-2.0
//
// Lane: looks after sources that may block, in a thread of its own, so that the tick never waits
// for them.
//
// What a read brings lies in the lane's mailbox until the tick takes it. A read that never returns
// costs its lane and nothing else: its quantities expire, and the thread is left behind when the
// lane ends.

#pragma once

#include <memory>
#include <vector>

#include "agent/probes/source.h"

namespace penstock {

class Lane {
  public:
    // The machine and the clock are used in the lane's thread, which may outlive the lane.
    struct Parts {
        std::vector<std::unique_ptr<Source>> sources{};
        std::vector<SourceId> ids{};  // Of the sources, in their order.
        std::shared_ptr<Machine> machine{};
        Surroundings around{};
        TimePoint (*clock)() = nullptr;
    };

    // Readings that nobody has taken yet, at most; older ones are dropped for newer.
    static constexpr std::size_t most_waiting = 16384;

    static Result<Lane> start(Parts parts);

    Lane(Lane&&) noexcept = default;
    Lane& operator=(Lane&&) noexcept = delete;
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    ~Lane();

    // Adds what has come since the last call. Never waits: what is being put down right now is
    // taken next time.
    void take(Readings& into);

    void follow(const Client& client);
    void leave(OwnerId owner);

  private:
    struct Shared;

    explicit Lane(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    static void serve(Shared& shared, Parts parts);

    std::shared_ptr<Shared> shared_;  // The other half is the thread's.
};

}  // namespace penstock
