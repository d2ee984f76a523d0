// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/vendor_ioctl.h"

#include <cstring>

namespace penstock::kfd {
namespace {

void put(VendorArgument& argument, std::size_t offset, std::uint32_t value) {
    std::memcpy(argument.data() + offset, &value, sizeof(value));
}

VendorArgument address_to(const VendorIoctl& layout, std::uint32_t pid, std::uint32_t queue) {
    VendorArgument argument{};
    put(argument, layout.queue_offset, queue);
    put(argument, layout.pid_offset, pid);
    return argument;
}

Result<> issue(const KfdDevice& device,
               unsigned long request,
               VendorArgument argument,
               std::string_view doing) {
    if (const Result<int> done = device.call_raw(request, argument.data(), doing); !done) {
        return std::unexpected(done.error());
    }
    return {};
}

unsigned long request_of(std::uint32_t number, const VendorIoctl& layout) {
    return _IOC(_IOC_READ | _IOC_WRITE, ioctl_type, number, layout.size);
}

}  // namespace

VendorArgument preempt_argument(const VendorIoctl& layout, std::uint32_t pid, std::uint32_t queue) {
    VendorArgument argument = address_to(layout, pid, queue);
    for (const auto& constant : {layout.preempt_type, layout.timeout_ms, layout.flags}) {
        if (constant) {
            put(argument, constant->offset, constant->value);
        }
    }
    return argument;
}

// Nothing but the queue: drivers may insist on zeros where preempting has its constants.
VendorArgument resume_argument(const VendorIoctl& layout, std::uint32_t pid, std::uint32_t queue) {
    return address_to(layout, pid, queue);
}

Result<> DriverVendorPort::preempt(std::uint32_t pid, std::uint32_t queue) {
    return issue(device_,
                 request_of(layout_.preempt, layout_),
                 preempt_argument(layout_, pid, queue),
                 "preempt a queue by the vendor's request");
}

Result<> DriverVendorPort::resume(std::uint32_t pid, std::uint32_t queue) {
    return issue(device_,
                 request_of(layout_.resume, layout_),
                 resume_argument(layout_, pid, queue),
                 "resume a queue by the vendor's request");
}

}  // namespace penstock::kfd
