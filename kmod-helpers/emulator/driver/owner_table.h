// SPDX-License-Identifier: Apache-2.0
//
// Owner table: all owners by process id. Each is watched for its death from its first moment.

#pragma once

#include <map>
#include <memory>

#include "kmod-helpers/emulator/driver/owner.h"

namespace penstock::emulator {

class OwnerTable {
  public:
    explicit OwnerTable(Deaths& deaths) : deaths_(deaths) {}

    using Owners = std::map<std::uint32_t, std::unique_ptr<Owner>>;

    [[nodiscard]] const Owners& all() const { return owners_; }

    [[nodiscard]] Owner* find(std::uint32_t tgid) const;

    // The owner there is, or a new one. Null when the process is already dead.
    Owner* find_or_add(std::uint32_t tgid);

    void remove(std::uint32_t tgid) { owners_.erase(tgid); }

  private:
    Deaths& deaths_;
    Owners owners_;
    std::uint64_t last_incarnation_ = 0;
};

}  // namespace penstock::emulator
