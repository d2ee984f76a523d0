// SPDX-License-Identifier: Apache-2.0
//
// Driver file: opens and ioctl(2)s of the file that stands for /dev/kfd, between FUSE and the
// driver.

#pragma once

#include "kmod-helpers/emulator/driver/driver.h"
#include "kmod-helpers/emulator/server/fuse_channel.h"
#include "kmod-helpers/emulator/server/open_files.h"

namespace penstock::emulator {

// Gives the driver's answers to the kernel.
class IoctlAnswers final : public Answers {
  public:
    explicit IoctlAnswers(FuseReplies& replies) : replies_(replies) {}

    void answer(std::uint64_t call, int result, std::span<const std::byte> argument) override;

  private:
    FuseReplies& replies_;
};

class DriverFile {
  public:
    DriverFile(Driver& driver, OpenFiles& files, FuseReplies& replies)
        : driver_(driver), files_(files), replies_(replies) {}

    // Mappings go to this backing file from now on.
    void pass_through(std::int32_t backing_id) { backing_id_ = backing_id; }

    [[nodiscard]] bool passes_through() const { return backing_id_ > 0; }

    void open(const FuseRequest& request, TimePoint now);
    void release(std::uint64_t handle, TimePoint now);
    void ioctl(const FuseRequest& request, TimePoint now);
    void interrupt(const FuseRequest& request);

  private:
    Driver& driver_;
    OpenFiles& files_;
    FuseReplies& replies_;
    std::int32_t backing_id_ = 0;
};

}  // namespace penstock::emulator
