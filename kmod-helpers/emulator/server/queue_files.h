// SPDX-License-Identifier: Apache-2.0
//
// Queue files: /sys/class/kfd/kfd/proc, which shows every owner and its queues as they are now.

#pragma once

#include "kmod-helpers/emulator/driver/owner_table.h"
#include "kmod-helpers/emulator/server/branch.h"

namespace penstock::emulator {

class QueueFiles final : public Branch {
  public:
    static constexpr const char* root = "sys/class/kfd/kfd/proc";

    QueueFiles(const OwnerTable& owners, std::vector<std::uint32_t> gpu_ids)
        : owners_(owners), gpu_ids_(std::move(gpu_ids)) {}

    [[nodiscard]] NodeKind kind(const std::string& path) const override;
    [[nodiscard]] std::vector<std::string> names(const std::string& path) const override;
    [[nodiscard]] std::optional<std::string> content(const std::string& path) const override;
    [[nodiscard]] int write(const std::string& path, std::string_view text) const override;

  private:
    [[nodiscard]] bool names_device(std::string_view name, std::string_view prefix) const;
    [[nodiscard]] NodeKind kind_of_statistics(std::string_view second, std::string_view last) const;
    [[nodiscard]] std::vector<std::string> names_of_owner() const;
    // In the root and the directories that lead to it.
    [[nodiscard]] std::vector<std::string> names_above(const std::string& path) const;

    const OwnerTable& owners_;
    std::vector<std::uint32_t> gpu_ids_;
};

}  // namespace penstock::emulator
