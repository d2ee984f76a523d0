// SPDX-License-Identifier: Apache-2.0
//
// File tree: everything below the mount point: the driver's file and what its branches hold.

#pragma once

#include "kmod-helpers/emulator/server/branch.h"

namespace penstock::emulator {

class FileTree final : public Branch {
  public:
    static constexpr const char* driver_file = "kfd";

    // The branches must outlive the tree. Where two have a name, the first one's counts.
    explicit FileTree(std::vector<const Branch*> branches) : branches_(std::move(branches)) {}

    [[nodiscard]] NodeKind kind(const std::string& path) const override;
    [[nodiscard]] std::vector<std::string> names(const std::string& path) const override;
    [[nodiscard]] std::optional<std::string> content(const std::string& path) const override;
    [[nodiscard]] int write(const std::string& path, std::string_view text) const override;

  private:
    std::vector<const Branch*> branches_;
};

}  // namespace penstock::emulator
