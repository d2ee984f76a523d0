// SPDX-License-Identifier: Apache-2.0
//
// resctrl groups: makes, fills and removes monitoring groups. The only place where measuring writes
// to the machine.

#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace penstock {

class ResctrlGroups {
  public:
    virtual ~ResctrlGroups() = default;

    // Below the root's mon_groups. The failure's code is the kernel's: ENOSPC when all ids are
    // taken, EBUSY while those of former groups still settle, EEXIST.
    virtual Result<> make(const std::string& name) = 0;

    // Its tasks go back to the root.
    virtual Result<> remove(const std::string& name) = 0;

    // Moves one task. ESRCH when it has ended.
    virtual Result<> move(const std::string& name, std::uint32_t thread) = 0;
};

class KernelResctrlGroups final : public ResctrlGroups {
  public:
    explicit KernelResctrlGroups(const std::string& root = "/sys/fs/resctrl")
        : folder_(root + "/mon_groups/") {}

    Result<> make(const std::string& name) override;
    Result<> remove(const std::string& name) override;
    Result<> move(const std::string& name, std::uint32_t thread) override;

  private:
    std::string folder_;
};

}  // namespace penstock
