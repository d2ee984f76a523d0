// SPDX-License-Identifier: Apache-2.0
//
// FuseDevice: a file whose ioctl(2)s succeed, of any number, type letter and size: the least that
// the discovery program needs in place of a driver.

#pragma once

#include <filesystem>
#include <string>
#include <thread>

#include "base/fd.h"

namespace penstock::test {

class FuseDevice {
  public:
    // Every answer carries this number where CREATE_QUEUE's caller finds its queue.
    static constexpr std::uint32_t queue_number = 7;
    // An argument that starts with this value is refused with EINVAL.
    static constexpr std::uint64_t refused = 0xbad;

    static Result<FuseDevice> mount();

    FuseDevice(FuseDevice&&) noexcept = default;
    FuseDevice& operator=(FuseDevice&&) = delete;
    FuseDevice(const FuseDevice&) = delete;
    FuseDevice& operator=(const FuseDevice&) = delete;
    ~FuseDevice();

    [[nodiscard]] std::string path() const { return folder_ / "kfd"; }

  private:
    FuseDevice(std::filesystem::path folder, Fd device);

    std::filesystem::path folder_;
    std::thread server_;
};

}  // namespace penstock::test
