// SPDX-License-Identifier: Apache-2.0
//
// MBM counters: adds what all groups of resctrl count to one growing number for each memory node.
//
// Groups come and go, and with a group goes what it had counted. So only the differences between
// two readings are added, each group's by itself, and a sum never falls.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/probes/memory_places.h"
#include "agent/probes/polled_text.h"
#include "agent/probes/resctrl/mbm_domains.h"
#include "base/units.h"
#include "policies/origin.h"

namespace penstock {

class MbmCounters {
  public:
    struct Node {
        std::uint32_t number = 0;
        std::uint64_t bytes = 0;  // Since the counters were opened.
        Origin why{};             // Why `bytes` say nothing about the last interval.
        bool known = false;
    };

    explicit MbmCounters(MemoryPlaces places = {}) : places_(std::move(places)) {}

    // Opens the counters of new groups and forgets those that are gone. A failure says why the
    // machine's traffic can not be told at all.
    Result<> survey(Machine& machine);

    // Reads all of them. False when a group has gone and survey() should be called.
    bool read(TimePoint now);

    [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }

    [[nodiscard]] std::size_t groups() const { return groups_.size(); }

  private:
    struct Counter {
        std::string group{};
        std::size_t node = 0;  // Its place in nodes_.
        PolledText text;
        std::optional<std::uint64_t> last{};
    };

    Result<> open_group(Machine& machine, const std::string& group);
    std::optional<std::size_t> node_of(const MbmDomain& domain);
    bool advance(Counter& counter, double most_bytes);

    MemoryPlaces places_;
    std::vector<std::string> groups_;  // Sorted folders.
    std::vector<Counter> counters_;
    std::vector<Node> nodes_;
    std::optional<TimePoint> read_at_{};
};

}  // namespace penstock
