// SPDX-License-Identifier: Apache-2.0
//
// Event wait: WAIT_EVENTS lasts until one (or all) of its events was set, or its time is up.

#pragma once

#include <vector>

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// What wait_result says.
inline constexpr std::uint32_t wait_complete = 0;
inline constexpr std::uint32_t wait_timed_out = 1;
inline constexpr std::uint32_t wait_failed = 2;

class EventWait final : public Wait {
  public:
    struct Wanted {
        std::vector<kfd::EventData> events{};
        std::uint64_t address = 0;  // Of the same array in the caller's memory.
        bool all = false;
        TimePoint until{};
    };

    // Takes events that are set already; an auto-reset one is then no longer set for others.
    EventWait(Owner& owner, ClientMemory& memory, Wanted wanted);
    ~EventWait() override;

    std::optional<int> over(TimePoint now, std::span<std::byte> argument) override;

    [[nodiscard]] TimePoint latest() const override { return wanted_.until; }

    std::optional<int> interrupted() override;

  private:
    struct Waited {
        std::uint32_t number = 0;
        std::uint64_t serial = 0;
        std::uint64_t age = 0;
        bool happened = false;
        bool tells_age = false;  // To callers that know of ages.
        bool waits = false;      // Counted in the event's waiters.
    };

    // The event that was waited for, not another that has its number now; null when it is gone.
    [[nodiscard]] Event* find(const Waited& waited) const;

    // Looks at the events again: false when one of them is gone.
    bool look();
    [[nodiscard]] bool complete() const;
    int finish(std::span<std::byte> argument, std::uint32_t wait_result);
    bool report_ages();

    Owner& owner_;
    ClientMemory& memory_;
    Wanted wanted_;
    std::vector<Waited> waited_;
};

}  // namespace penstock::emulator
