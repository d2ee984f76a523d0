// SPDX-License-Identifier: Apache-2.0
//
// Source set: all sources of the agent, each where it can do no harm: those that never wait in the
// tick itself, the others in lanes.

#pragma once

#include <memory>
#include <vector>

#include "agent/probes/lane.h"
#include "agent/probes/source_group.h"

namespace penstock {

class SourceSet {
  public:
    struct Parts {
        std::shared_ptr<Machine> machine{};  // Used by all lanes at once.
        Surroundings around{};
        TimePoint (*clock)() = nullptr;
    };

    // A lane that can not be started is told in trouble(); its sources are missing.
    SourceSet(Parts parts, std::vector<NumberedSource> sources);

    // Reads what is due in the tick, and takes what the lanes have brought. Never waits.
    void read(TimePoint now, Readings& into);

    void follow(const Client& client);
    void leave(OwnerId owner);

    // A whole sentence, or "".
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

  private:
    // The most readings that one deliverer has ever brought at once.
    struct Load {
        std::size_t counters = 0;
        std::size_t levels = 0;
    };

    void start_lane(std::vector<NumberedSource> sources);
    void make_room(Readings& into) const;

    template <typename Deliver>
    void weigh(std::size_t deliverer, Readings& into, Deliver deliver);

    Parts parts_;
    SourceGroup quick_;
    std::vector<Lane> lanes_;
    std::vector<Load> loads_;  // Of quick_ and then of each lane.
    std::string trouble_;
};

}  // namespace penstock
