// SPDX-License-Identifier: Apache-2.0
//
// Queue wait: DESTROY_QUEUE of a suspended queue lasts until its debugger resumes it.

#pragma once

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// Takes the queue off its device and tells a debugger.
void remove_queue(Machine& machine, Owner& owner, std::uint32_t number, TimePoint now);

class QueueWait final : public Wait {
  public:
    // Until the wait is over the queue can not be suspended again.
    QueueWait(Machine& machine, Owner& owner, std::uint32_t number);

    std::optional<int> over(TimePoint now, std::span<std::byte> argument) override;
    std::optional<int> interrupted() override;

  private:
    Machine& machine_;
    Owner& owner_;
    std::uint32_t number_;
};

}  // namespace penstock::emulator
