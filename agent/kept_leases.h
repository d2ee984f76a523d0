// SPDX-License-Identifier: Apache-2.0
//
// Kept leases: what the next agent needs to go on with the leases of this one.
//
// The service manager keeps the reading ends of their pipes, each under "lease-N", and drops those
// that hang up while there is no agent; a file says what the numbers mean. Either is worth nothing
// without the other. Without a service manager nothing is kept: leases end with the agent.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/descriptor_store.h"
#include "agent/loop/lease_keeper.h"

namespace penstock {

using LeaseList = std::map<std::uint32_t, KeptLease>;

inline constexpr std::size_t most_kept_leases = 512;

// One line for each lease, its words kept apart by tabs. What makes no sense is left out.
[[nodiscard]] LeaseList parse_leases(std::string_view text);
[[nodiscard]] std::string text_of(const LeaseList& list);

class KeptLeases final : public LeaseKeeper {
  public:
    // Without a path nothing is kept. The store outlives it.
    KeptLeases(std::string path, DescriptorStore& store) : path_(std::move(path)), store_(store) {}

    struct Found {
        KeptLease lease{};
        Fd descriptor{};
    };

    // What a former agent has left. They stay kept.
    std::vector<Found> take();

    void keep(const KeptLease& lease, const Fd& descriptor) override;
    void forget(std::uint32_t number) override;

  private:
    void write();

    std::string path_;
    DescriptorStore& store_;
    LeaseList list_{};
    std::string trouble_{};  // Told already.
};

}  // namespace penstock
