// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/thread_ticks.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::uint64_t period_ns = 1'000'000;

perf_event_attr tick_description() {
    perf_event_attr attr{};
    attr.size = sizeof(attr);
    attr.type = PERF_TYPE_SOFTWARE;
    attr.config = PERF_COUNT_SW_CPU_CLOCK;
    attr.sample_period = period_ns;
    attr.disabled = 1;
    attr.inherit = 1;
    attr.inherit_thread = 1;
    return attr;
}

Result<Fd> tick_on(pid_t thread, int program) {
    perf_event_attr attr = tick_description();
    const long number = ::syscall(SYS_perf_event_open, &attr, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
    Result<Fd> event =
        owned(static_cast<int>(number), "open a clock on thread " + std::to_string(thread));
    if (!event) {
        return event;
    }
    if (::ioctl(event->get(), PERF_EVENT_IOC_SET_BPF, program) != 0 ||
        ::ioctl(event->get(), PERF_EVENT_IOC_ENABLE, 0) != 0) {
        return fail(errno, "run the tick program on thread " + std::to_string(thread));
    }
    return event;
}

}  // namespace

Result<ThreadTicks> ThreadTicks::start(const Tree& proc, pid_t process_leader, int program) {
    const auto names = proc.list(std::to_string(process_leader) + "/task");
    if (!names) {
        return fail(names.error(), "tick");
    }
    std::vector<Fd> events;
    for (const std::string& name : *names) {
        const auto thread = parse_number<pid_t>(name);
        if (!thread || events.size() == most_threads) {
            break;
        }
        Result<Fd> event = tick_on(*thread, program);
        if (event) {
            events.push_back(std::move(*event));
        } else if (event.error().code != ESRCH) {
            return fail(std::move(event).error(), "tick");
        }
    }
    return ThreadTicks(std::move(events));
}

}  // namespace penstock
