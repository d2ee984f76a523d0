// SPDX-License-Identifier: Apache-2.0
//
// Owner group: the monitoring group of one process with queues, from its making to its removal.
//
// New threads and child processes of those that are in it begin in it too. Once all threads that
// were there are moved, nobody has to look again.

#pragma once

#include <expected>
#include <string>
#include <vector>

#include "agent/probes/polled_text.h"
#include "agent/probes/resctrl/resctrl_groups.h"
#include "agent/probes/source.h"

namespace penstock {

class OwnerGroup {
  public:
    static constexpr std::string_view prefix = "penstock.";

    // Threads beyond these stay where they are, but for what they inherit.
    static constexpr std::size_t most_threads = 4096;

    OwnerGroup(const Client& client, ResctrlGroups& groups)
        : client_(client),
          groups_(&groups),
          name_(std::string(prefix) + std::to_string(client.pid)) {}

    // As the owner of a folder: removes it.
    OwnerGroup(OwnerGroup&& other) noexcept;
    OwnerGroup& operator=(OwnerGroup&& other) noexcept;
    OwnerGroup(const OwnerGroup&) = delete;
    OwnerGroup& operator=(const OwnerGroup&) = delete;

    ~OwnerGroup() { remove(); }

    // Makes it, if it is not there and it is time to try.
    void look_after(Machine& machine, TimePoint now);

    // What its processors have asked of memory since it was made, over all L3 caches.
    std::expected<std::uint64_t, Origin> read(TimePoint now);

    // Takes the folder away; the next look_after() makes it again.
    void start_anew();

    [[nodiscard]] OwnerId owner() const { return client_.owner; }

  private:
    void remove();
    Result<> make(Machine& machine);
    Result<> move_threads(Machine& machine);
    Result<std::size_t> move_present_threads(Machine& machine);

    Client client_;
    ResctrlGroups* groups_;
    std::string name_;
    bool made_ = false;
    TimePoint try_at_{};
    Origin why_ = "resctrl: its group has not been made yet";
    std::vector<PolledText> counters_;  // Empty while there is no group.
};

}  // namespace penstock
