// SPDX-License-Identifier: Apache-2.0
//
// Owner table: all owners by process id. Each is watched for its death as long as it is here.

#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "kmod-helpers/emulator/driver/owner.h"

namespace penstock::emulator {

class OwnerTable {
  public:
    explicit OwnerTable(Deaths& deaths) : deaths_(deaths) {}

    using Owners = std::map<std::uint32_t, std::unique_ptr<Owner>>;

    [[nodiscard]] const Owners& all() const { return owners_; }

    [[nodiscard]] Owner* find(std::uint32_t tgid) const;
    [[nodiscard]] Owner* find_incarnation(std::uint64_t incarnation) const;

    // The owner there is, or a new one. Null when the process is already dead.
    Owner* find_or_add(std::uint32_t tgid);

    void remove(std::uint32_t tgid);

  private:
    Deaths& deaths_;
    Owners owners_;
    std::unordered_map<std::uint64_t, Owner*> by_incarnation_;
    std::uint64_t last_incarnation_ = 0;
};

}  // namespace penstock::emulator
