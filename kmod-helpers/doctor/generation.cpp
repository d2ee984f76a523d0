// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/generation.h"

namespace penstock::doctor {
namespace {

constexpr std::uint32_t gfx8 = 80000;
constexpr std::uint32_t gfx9 = 90000;
constexpr std::uint32_t gfx90a = 90010;
constexpr std::uint32_t gfx940 = 90400;
constexpr std::uint32_t gfx10 = 100000;
constexpr std::uint32_t gfx11 = 110000;
// This number stands for the hardware 11.0.1 and for the later 11.0.4, which has no such defect.
// The topology does not tell them apart, so both are said to be limited.
constexpr std::uint32_t gfx1103 = 110003;

}  // namespace

std::string_view text_of(Scheduler scheduler) {
    switch (scheduler) {
        case Scheduler::none:
            return "none";
        case Scheduler::hws:
            return "hws";
        case Scheduler::mes:
            return "mes";
        case Scheduler::unknown:
            break;
    }
    return "unknown";
}

Scheduler scheduler_of(std::uint32_t version) {
    if (version == 0) {
        return Scheduler::unknown;
    }
    if (version < gfx8) {
        return Scheduler::none;
    }
    return version < gfx11 ? Scheduler::hws : Scheduler::mes;
}

bool saves_waves(std::uint32_t version) {
    return version >= gfx8;
}

bool can_be_debugged(std::uint32_t version) {
    return version >= gfx9;
}

bool has_one_debug_slot(std::uint32_t version) {
    const bool gfx9_with_many = version == gfx90a || (version >= gfx940 && version < gfx10);
    return version >= gfx9 && version < gfx11 && !gfx9_with_many;
}

bool loses_half_when_debugged(std::uint32_t version) {
    return version >= gfx11 && version <= gfx1103;
}

}  // namespace penstock::doctor
