// SPDX-License-Identifier: Apache-2.0
//
// CPU throttle: how much of the processors units may have that their administrator lets be held
// back while a memory node is close to saturation.
//
// From the level delay-launch on, everybody who counts as a hog gets a smaller share of what he
// had: 0.7 of it twice in a second, down to a tenth. Without a level the share grows by a tenth in
// a second, and at the whole everybody is free. In between it stays, so that a load that hovers at
// a threshold does not make quotas change all the time.
//
// Only what was counted holds anybody back, and only where the processors have their part in it:
// whom a device's traffic disturbs is not helped by slowing the processors down.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/snapshot.h"

namespace penstock {

// What a unit of the service manager uses, that may be held back.
struct UnitUse {
    std::string unit{};                  // "batch-7.service".
    std::string control_group{};         // "/system.slice/batch-7.service".
    std::optional<double> processors{};  // Processor time per time; nothing while not measured yet.
    bool spared = false;                 // Somebody in it holds a critical lease.
};

struct CpuLimit {
    std::string unit{};
    std::string control_group{};
    double had = 0;         // Processor time per time, before it was held back.
    double processors = 0;  // What it may have of it.
    bool operator==(const CpuLimit&) const = default;
};

// Who is held back from now on. All others are free.
struct CpuOrder {
    double share = 1;        // Of what each had; the same for all.
    std::uint64_t peak = 0;  // What memory can move, in bytes per second; 0 where nobody knows.
    std::vector<CpuLimit> limits{};
    bool operator==(const CpuOrder&) const = default;
};

class CpuThrottle {
  public:
    static constexpr Duration shrinks_every{std::chrono::milliseconds(500)};
    static constexpr Duration grows_every{std::chrono::seconds(1)};
    // A measurement may be late, most of all where the hogs take the processors from who measures.
    static constexpr Duration blind_for{std::chrono::seconds(1)};
    // After somebody has let everybody go: he wants to see what that does.
    static constexpr Duration respite{std::chrono::seconds(10)};
    static constexpr double shrink = 0.7;
    static constexpr double growth = 0.1;
    static constexpr double least_share = 0.1;
    static constexpr double least_hog = 0.05;         // Processors; who uses less is no hog.
    static constexpr double least_processors = 0.01;  // Nobody is stopped altogether.
    static constexpr double least_part = 0.1;  // Of a node's traffic, that the processors move.
    static constexpr std::size_t most_limits = 64;

    // What memory asks of the processors.
    enum class Demand : std::uint8_t { unmeasured, none, steady, less };

    [[nodiscard]] static Demand demand_of(const Snapshot& seen);

    // It is worth measuring units: they are held back, or soon may be.
    [[nodiscard]] bool watches(const Snapshot& seen) const;

    // The units may be held back. More often than the share changes is no harm.
    void look(const Snapshot& seen, std::span<const UnitUse> units);

    // Everybody is free, and stays so for the respite.
    void let_go(TimePoint now);

    [[nodiscard]] const CpuOrder& order() const { return order_; }

  private:
    void weigh(Demand demand, TimePoint now);
    void free_all();
    void keep_present(const Snapshot& seen, std::span<const UnitUse> units);
    void add_hogs(const Snapshot& seen, std::span<const UnitUse> units);

    CpuOrder order_{};
    TimePoint changed_{};   // When the share last did.
    TimePoint measured_{};  // When memory last was.
    TimePoint free_until_{};
};

}  // namespace penstock
