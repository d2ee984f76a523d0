// SPDX-License-Identifier: Apache-2.0
//
// Vendor ioctl: the text that configures a vendor's requests. What is accepted can not reach a
// published driver's number, and fits its argument.

#include <algorithm>
#include <cstring>
#include <vector>

#include "kmod-helpers/vendor_ioctl.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

bool is_refused_number(std::uint32_t number, std::string_view spec) {
    const bool of_package = number >= 0x80 && number <= 0x87;
    return number > 0xff || (number >= 0x01 && number <= 0x28) ||
           (of_package && !spec.contains("override=yes"));
}

std::vector<std::size_t> offsets_of(const kfd::VendorIoctl& layout) {
    std::vector<std::size_t> offsets{layout.queue_offset, layout.pid_offset};
    for (const auto& constant : {layout.preempt_type, layout.timeout_ms, layout.flags}) {
        if (constant) {
            offsets.push_back(constant->offset);
        }
    }
    std::ranges::sort(offsets);
    return offsets;
}

std::uint32_t word_at(const kfd::VendorArgument& argument, std::size_t offset) {
    std::uint32_t word = 0;
    std::memcpy(&word, argument.data() + offset, sizeof(word));
    return word;
}

void check(const kfd::VendorIoctl& layout, std::string_view spec) {
    require(layout.preempt != layout.resume);
    require(!is_refused_number(layout.preempt, spec) && !is_refused_number(layout.resume, spec));
    require(layout.size <= kfd::longest_vendor_argument);
    const std::vector<std::size_t> offsets = offsets_of(layout);
    require(std::ranges::adjacent_find(offsets) == offsets.end());
    require(offsets.back() + 4 <= layout.size);
    require(std::ranges::all_of(offsets, [](std::size_t offset) { return offset % 4 == 0; }));

    constexpr std::uint32_t pid = 0x01020304;
    constexpr std::uint32_t queue = 0x05060708;
    for (const auto& argument :
         {kfd::preempt_argument(layout, pid, queue), kfd::resume_argument(layout, pid, queue)}) {
        require(word_at(argument, layout.queue_offset) == queue);
        require(word_at(argument, layout.pid_offset) == pid);
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const std::string_view spec = fuzz::as_text({bytes, size});
    const Result<kfd::VendorIoctl> layout = kfd::VendorIoctl::parse(spec);
    if (layout) {
        fuzz::check(*layout, spec);
    } else {
        fuzz::require(!layout.error().message().empty());
    }
    return 0;
}
