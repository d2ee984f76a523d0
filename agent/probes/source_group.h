// SPDX-License-Identifier: Apache-2.0
//
// Source group: the sources that one thread looks after. It opens them, reads those that are due,
// opens again those that may have come meanwhile, and tells when one of them stands otherwise.

#pragma once

#include <memory>
#include <vector>

#include "agent/probes/source.h"

namespace penstock {

class SourceGroup {
  public:
    // The machine outlives the group.
    SourceGroup(Machine& machine, Surroundings around)
        : machine_(machine), around_(std::move(around)) {}

    void add(std::unique_ptr<Source> source, SourceId id);

    // Opens and reads what is due by now, and adds to `into` what that brings.
    void run(TimePoint now, Readings& into);

    // When run() is due; far away for a group without sources.
    [[nodiscard]] TimePoint next_due() const;

    void follow(const Client& client);
    void leave(OwnerId owner);

    [[nodiscard]] bool empty() const { return members_.empty(); }

  private:
    struct Member {
        std::unique_ptr<Source> source{};
        SourceId id{};
        bool available = false;
        TimePoint due{};  // For the next read or the next attempt to open it.
        SourceState told{};
    };

    void open(Member& member, TimePoint now, Readings& into);

    Machine& machine_;
    Surroundings around_;
    std::vector<Member> members_;
};

// How the source stands, for people.
[[nodiscard]] SourceState state_of(std::string_view name, const Opened& opened);

}  // namespace penstock
