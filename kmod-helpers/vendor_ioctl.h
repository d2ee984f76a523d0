// SPDX-License-Identifier: Apache-2.0
//
// Vendor ioctl: preempts and resumes single queues through two requests that a patched driver has
// and no published one. Their numbers and layout come from the configuration.
//
// Whether a driver has them can not be asked: on another driver the same number means something
// else. They are only ever issued to preempt and to resume.

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "kmod-helpers/kfd_device.h"

namespace penstock::kfd {

inline constexpr std::size_t longest_vendor_argument = 256;

struct VendorIoctl {
    // A field of 32 bits that is the same in every request to preempt.
    struct Constant {
        std::size_t offset = 0;
        std::uint32_t value = 0;
        bool operator==(const Constant&) const = default;
    };

    std::uint32_t preempt = 0;  // Numbers as in _IOC_NR.
    std::uint32_t resume = 0;
    std::size_t size = 0;  // Bytes of either argument.
    std::size_t queue_offset = 0;
    std::size_t pid_offset = 0;
    std::optional<Constant> preempt_type{};
    std::optional<Constant> timeout_ms{};
    std::optional<Constant> flags{};
    bool operator==(const VendorIoctl&) const = default;

    // "preempt=0x90,resume=0x91,size=24,queue_id=0,pid=12,preempt_type=4:2,timeout_ms=8:100":
    // numbers, the size, and where a field lies (and what it always says). The numbers of
    // published drivers are refused; those of AMD's own packages (0x80 to 0x87) need
    // ",override=yes".
    static Result<VendorIoctl> parse(std::string_view spec);
};

// The door to the driver: tests put a fake behind it.
class VendorPort {
  public:
    virtual ~VendorPort() = default;
    virtual Result<> preempt(std::uint32_t pid, std::uint32_t queue) = 0;
    virtual Result<> resume(std::uint32_t pid, std::uint32_t queue) = 0;
};

class DriverVendorPort final : public VendorPort {
  public:
    DriverVendorPort(const KfdDevice& device, const VendorIoctl& layout)
        : device_(device), layout_(layout) {}

    Result<> preempt(std::uint32_t pid, std::uint32_t queue) override;
    Result<> resume(std::uint32_t pid, std::uint32_t queue) override;

  private:
    const KfdDevice& device_;
    VendorIoctl layout_;
};

using VendorArgument = std::array<std::byte, longest_vendor_argument>;

// Only the first `layout.size` bytes count.
[[nodiscard]] VendorArgument preempt_argument(const VendorIoctl& layout,
                                              std::uint32_t pid,
                                              std::uint32_t queue);
[[nodiscard]] VendorArgument resume_argument(const VendorIoctl& layout,
                                             std::uint32_t pid,
                                             std::uint32_t queue);

}  // namespace penstock::kfd
