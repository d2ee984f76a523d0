// SPDX-License-Identifier: Apache-2.0

#include "base/short_slices.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace penstock {
namespace {

// The kernel's struct sched_attr, which no header of the C library has.
struct SchedulingAttributes {
    std::uint32_t size = sizeof(SchedulingAttributes);
    std::uint32_t policy = 0;  // The normal one.
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0;  // Of the normal policy: the slice, in ns.
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};

static_assert(sizeof(SchedulingAttributes) == 48);

}  // namespace

void ask_for_slices_of(Duration length) {
    SchedulingAttributes wish{.nice = ::getpriority(PRIO_PROCESS, 0),
                              .runtime = static_cast<std::uint64_t>(length.count())};
    constexpr unsigned no_flags = 0;
    static_cast<void>(::syscall(SYS_sched_setattr, 0, &wish, no_flags));
}

}  // namespace penstock
