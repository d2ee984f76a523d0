// SPDX-License-Identifier: Apache-2.0
//
// Parked calls: those whose callers sleep in ioctl(2). Each is answered exactly once.

#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

struct Call {
    std::uint64_t number = 0;  // The transport's name for it.
    std::uint32_t caller_tid = 0;
    std::uint32_t command = 0;     // As the caller passed it to ioctl(2).
    std::uint64_t address = 0;     // Of the argument, in the caller's memory.
    std::size_t answer_bytes = 0;  // Room the caller has for the argument on its way back.
    std::vector<std::byte> argument{};
    // Where the answer goes if the transport does not bring it to the caller; 0 if it does.
    std::uint32_t deliver_to_tgid = 0;
};

class ParkedCalls {
  public:
    ParkedCalls(Answers& answers, ClientMemory& memory) : answers_(answers), memory_(memory) {}

    // Answers at once when it turns out that there is nothing to wait for.
    void park(Call call, const Owner& caller, std::unique_ptr<Wait> wait, TimePoint now);

    void answer(Call& call, int result);

    // Answers every call whose wait is over; returns when the next one ends by itself.
    TimePoint settle(TimePoint now);

    // False when no such call waits here.
    bool interrupt(std::uint64_t number);

    // The caller is dead: nobody reads the answer, but the transport wants it.
    void abandon(const Owner& caller);

    [[nodiscard]] std::size_t size() const { return parked_.size(); }

  private:
    struct Parked {
        Call call{};
        const Owner* caller = nullptr;
        std::unique_ptr<Wait> wait{};
    };

    std::list<Parked> parked_;
    Answers& answers_;
    ClientMemory& memory_;
};

}  // namespace penstock::emulator
