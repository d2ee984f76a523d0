// SPDX-License-Identifier: Apache-2.0
//
// Request roll: the requests that a server has submitted and that have not ended, by the server's
// ids and by numbers of ours, which are used again.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace penstock::client {

class RequestRoll {
  public:
    static constexpr std::uint32_t nowhere = UINT32_MAX;

    struct Entry {
        std::int64_t id = 0;
        std::uint32_t predicted = 0;
        std::uint32_t device = nowhere;  // Where it runs.
        std::uint32_t output = 0;        // Of one that is called ended: its tokens.
        bool ended = false;              // While that is being looked into.
    };

    // Its number; nothing where the id is there already.
    std::optional<std::uint32_t> add(std::int64_t id, std::uint32_t predicted);

    [[nodiscard]] std::optional<std::uint32_t> find(std::int64_t id) const;

    void remove(std::uint32_t number);

    [[nodiscard]] Entry& at(std::uint32_t number) { return entries_[number]; }

    [[nodiscard]] std::size_t size() const { return by_id_.size(); }

  private:
    // A tree, whose worst case is no invitation to who chooses ids.
    std::map<std::int64_t, std::uint32_t> by_id_{};
    std::vector<Entry> entries_{};
    std::vector<std::uint32_t> free_{};  // Has room for all numbers.
};

}  // namespace penstock::client
