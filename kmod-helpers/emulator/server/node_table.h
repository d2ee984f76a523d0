// SPDX-License-Identifier: Apache-2.0
//
// Node table: the numbers by which the kernel knows paths. A path keeps its number for as long as
// the kernel remembers it; the driver's file for ever, because it is recognised by its inode
// number.

#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace penstock::emulator {

class NodeTable {
  public:
    static constexpr std::uint64_t root = 1;
    static constexpr std::uint64_t driver = 2;

    explicit NodeTable(const std::string& driver_path);

    // Null for a number the kernel should not know.
    [[nodiscard]] const std::string* path_of(std::uint64_t node) const;

    // One more look-up by the kernel, which it will take back with forget().
    std::uint64_t look_up(const std::string& path);
    void forget(std::uint64_t node, std::uint64_t lookups);

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }

  private:
    struct Node {
        std::string path{};
        std::uint64_t lookups = 0;
    };

    std::map<std::uint64_t, Node> nodes_;
    std::map<std::string, std::uint64_t> numbers_;
    std::uint64_t last_ = driver;
};

}  // namespace penstock::emulator
