// SPDX-License-Identifier: Apache-2.0
//
// Systemd units: systemd, as far as it limits the processor time of units.
//
// The control group of a unit belongs to systemd. Whoever else writes its cpu.max is undone by the
// next reload without a word, so limits are asked for over D-Bus, and only until the next boot.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace penstock {

class SystemdUnits {
  public:
    struct Unref {
        void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
    };

    // The answer does not come any more once this is gone. The callback may end it.
    struct Call {
        std::function<void(Result<std::uint64_t>)> answered{};
        std::unique_ptr<sd_bus_slot, Unref> slot{};
    };

    using Answered = std::function<void(Result<std::uint64_t>)>;

    // How long systemd may take for an answer.
    static constexpr std::uint64_t patience_usec = 5'000'000;

    // Of the error: there is no such unit any more, and so nothing to undo.
    static constexpr int no_such_unit = 2;  // ENOENT.

    // The bus is the caller's, and outlives this.
    explicit SystemdUnits(sd_bus* bus) : bus_(bus) {}

    // In microseconds per second; no_quota where there is none.
    Result<std::unique_ptr<Call>> ask_quota(const std::string& unit, Answered answered);
    Result<std::unique_ptr<Call>> set_quota(const std::string& unit,
                                            std::uint64_t quota,
                                            Answered answered);

    // The same, waiting for the answer.
    Result<> set_quota_now(const std::string& unit, std::uint64_t quota, std::uint64_t wait_usec);

  private:
    sd_bus* bus_;
};

}  // namespace penstock
