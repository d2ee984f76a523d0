// SPDX-License-Identifier: Apache-2.0
//
// RUNTIME_ENABLE: a process' runtime says that it starts or ends, before its first queue. While a
// debugger is attached the call lasts until the debugger has answered; nothing else ends it, not
// even the debugger's death.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

Verdict enable_runtime(Request& request, kfd::RuntimeEnable& argument);

class RuntimeWait final : public Wait {
  public:
    explicit RuntimeWait(Owner& owner) : owner_(owner) {}

    std::optional<int> over(TimePoint now, std::span<std::byte> argument) override;
    std::optional<int> interrupted() override;

  private:
    Owner& owner_;
};

}  // namespace penstock::emulator
