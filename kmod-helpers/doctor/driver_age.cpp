// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/driver_age.h"

#include "kmod-helpers/abi/kfd_ioctl.h"

namespace penstock::doctor {
namespace {

constexpr std::uint32_t abi_minor_criu = 7;
constexpr std::uint32_t first_patch_with_detach = 103;
constexpr std::uint32_t first_patch_with_one_evict = 116;

Answer answer(bool yes) {
    return yes ? Answer::yes : Answer::no;
}

std::optional<KernelVersion> driver_kernel(const Facts& facts) {
    return of_the_kernel(facts) ? facts.kernel.version : std::nullopt;
}

// Whether a mend that 6.12 got with a patch release is there. Which later series were born with it
// is nowhere written, and earlier ones did not get it.
Answer mended_in_6_12(const Facts& facts, std::uint32_t patch) {
    const auto kernel = driver_kernel(facts);
    if (!kernel) {
        return Answer::unknown;
    }
    if (kernel->of_series(6, 12) && kernel->patch) {
        return answer(*kernel->patch >= patch);
    }
    return kernel->at_least(6, 12) ? Answer::unknown : Answer::no;
}

Answer came_with(const Facts& facts,
                 std::uint32_t abi_minor,
                 std::uint32_t major,
                 std::uint32_t minor) {
    if (facts.abi_minor) {
        return answer(*facts.abi_minor >= abi_minor);
    }
    const auto kernel = driver_kernel(facts);
    return kernel ? answer(kernel->at_least(major, minor)) : Answer::unknown;
}

}  // namespace

bool of_the_kernel(const Facts& facts) {
    return facts.file.kind != DeviceFile::Kind::emulator && facts.module.version.absent();
}

Answer has_debug_trap(const Facts& facts) {
    return came_with(facts, kfd::abi_minor_debug_trap, 6, 5);
}

Answer has_process_evict(const Facts& facts) {
    return came_with(facts, abi_minor_criu, 5, 18);
}

Answer debugger_may_detach(const Facts& facts) {
    return mended_in_6_12(facts, first_patch_with_detach);
}

Answer second_evict_wedges(const Facts& facts) {
    switch (mended_in_6_12(facts, first_patch_with_one_evict)) {
        case Answer::no:
            return Answer::yes;
        case Answer::yes:
            return Answer::no;
        case Answer::unknown:
            break;
    }
    return Answer::unknown;
}

}  // namespace penstock::doctor
