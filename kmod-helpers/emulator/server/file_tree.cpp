// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/file_tree.h"

#include <algorithm>
#include <cerrno>

namespace penstock::emulator {

NodeKind FileTree::kind(const std::string& path) const {
    if (path == driver_file) {
        return NodeKind::driver;
    }
    for (const Branch* const branch : branches_) {
        if (const NodeKind kind = branch->kind(path); kind != NodeKind::absent) {
            return kind;
        }
    }
    return NodeKind::absent;
}

std::vector<std::string> FileTree::names(const std::string& path) const {
    std::vector<std::string> all;
    if (path.empty()) {
        all.emplace_back(driver_file);
    }
    for (const Branch* const branch : branches_) {
        std::ranges::copy(branch->names(path), std::back_inserter(all));
    }
    std::ranges::sort(all);
    const auto repeated = std::ranges::unique(all);
    all.erase(repeated.begin(), repeated.end());
    return all;
}

int FileTree::write(const std::string& path, std::string_view text) const {
    for (const Branch* const branch : branches_) {
        if (branch->kind(path) == NodeKind::control) {
            return branch->write(path, text);
        }
    }
    return -EACCES;
}

std::optional<std::string> FileTree::content(const std::string& path) const {
    for (const Branch* const branch : branches_) {
        if (std::optional<std::string> content = branch->content(path)) {
            return content;
        }
    }
    return std::nullopt;
}

}  // namespace penstock::emulator
