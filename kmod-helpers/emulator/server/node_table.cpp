// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/node_table.h"

namespace penstock::emulator {

NodeTable::NodeTable(const std::string& driver_path)
    : nodes_{{root, {.path = ""}}, {driver, {.path = driver_path}}},
      numbers_{{"", root}, {driver_path, driver}} {}

const std::string* NodeTable::path_of(std::uint64_t node) const {
    const auto found = nodes_.find(node);
    return found == nodes_.end() ? nullptr : &found->second.path;
}

std::uint64_t NodeTable::look_up(const std::string& path) {
    const auto [number, is_new] = numbers_.try_emplace(path, last_ + 1);
    if (is_new) {
        ++last_;
        nodes_[last_].path = path;
    }
    ++nodes_.at(number->second).lookups;
    return number->second;
}

void NodeTable::forget(std::uint64_t node, std::uint64_t lookups) {
    const auto found = nodes_.find(node);
    if (found == nodes_.end() || node == root || node == driver) {
        return;
    }
    if (found->second.lookups > lookups) {
        found->second.lookups -= lookups;
        return;
    }
    numbers_.erase(found->second.path);
    nodes_.erase(found);
}

}  // namespace penstock::emulator
