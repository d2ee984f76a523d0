// SPDX-License-Identifier: Apache-2.0
//
// Control groups: makes, fills and removes groups of resctrl that limit what is in them. Behind it
// is the kernel, or in a test a folder that answers as the kernel would.

#pragma once

#include <string>

#include "base/result.h"

namespace penstock {

class ControlGroups {
  public:
    virtual ~ControlGroups() = default;

    // The failure's code is the kernel's: ENOSPC when all are taken, EEXIST.
    virtual Result<> make(const std::string& name) = 0;

    // Its tasks go back to the root. ENOENT when it is gone.
    virtual Result<> remove(const std::string& name) = 0;

    // One write to a file of the group.
    virtual Result<> write(const std::string& name,
                           const std::string& file,
                           const std::string& text) = 0;
};

class KernelControlGroups final : public ControlGroups {
  public:
    explicit KernelControlGroups(std::string root) : root_(std::move(root)) {}

    Result<> make(const std::string& name) override;
    Result<> remove(const std::string& name) override;
    Result<> write(const std::string& name,
                   const std::string& file,
                   const std::string& text) override;

  private:
    std::string root_;
};

}  // namespace penstock
