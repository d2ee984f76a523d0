// SPDX-License-Identifier: Apache-2.0
//
// KfdDevice: an open /dev/kfd, or the emulator's file in its place.
//
// Opening it makes the driver keep a process record for us until we die, not until the descriptor
// is closed: only programs that act on queues open it.

#pragma once

#include <string>

#include "base/fd.h"
#include "kmod-helpers/abi/kfd_ioctl.h"

namespace penstock::kfd {

class KfdDevice {
  public:
    // Refuses a major version of the interface that we do not know.
    static Result<KfdDevice> open(const std::string& path);

    [[nodiscard]] const GetVersion& version() const { return version_; }

    // The driver makes a character device; the emulator can only serve a regular file.
    [[nodiscard]] bool emulated() const { return emulated_; }

    [[nodiscard]] bool has_debug_trap() const { return version_.minor >= abi_minor_debug_trap; }

    // Some operations answer with a count: the value is what ioctl(2) returned, never negative.
    template <typename Argument>
    [[nodiscard]] Result<int> call(Nr number, Argument& argument, std::string_view doing) const {
        return call_raw(request<Argument>(number), &argument, doing);
    }

    // The same for a request whose argument only the configuration knows.
    Result<int> call_raw(unsigned long request, void* argument, std::string_view doing) const;

  private:
    KfdDevice(Fd file, bool emulated) : file_(std::move(file)), emulated_(emulated) {}

    Fd file_;
    bool emulated_;
    GetVersion version_{};
};

}  // namespace penstock::kfd
