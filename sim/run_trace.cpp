// SPDX-License-Identifier: Apache-2.0

#include "sim/run_trace.h"

#include <fmt/format.h>

#include "base/chrome_trace.h"
#include "sim/machine/simulation.h"

namespace penstock::sim {
namespace {

struct Thread {
    std::size_t device = 0;
    std::string name{};
};

// By the number of the process.
std::vector<Thread> threads_of(const Scenario& scenario) {
    std::vector<Thread> threads;
    for (const JobModel& job : scenario.jobs) {
        for (std::uint32_t number = 0; number < job.processes; ++number) {
            const bool single = job.processes == 1;
            threads.push_back(
                {.device = job.device,
                 .name = single ? job.name : fmt::format("{} {}", job.name, number + 1)});
        }
    }
    return threads;
}

std::int64_t ns_of(TimePoint time) {
    return (time - Simulation::origin).count();
}

// The events of one trace.
class Writer {
  public:
    Writer(const Scenario& scenario, std::size_t number, ChromeTrace& events)
        : devices_(scenario.devices),
          threads_(threads_of(scenario)),
          first_(1 + (number * scenario.devices.size())),
          events_(events) {}

    void name_all(const std::string& policy) {
        for (std::size_t device = 0; device < devices_.size(); ++device) {
            events_.name_group(first_ + device, policy + ": " + devices_[device].name);
        }
        for (std::uint32_t process = 0; process < threads_.size(); ++process) {
            events_.name_row(row_of(process), threads_[process].name);
        }
    }

    void show(const RunTrace::Span& span) {
        events_.span(row_of(span.process), "runs", ns_of(span.from), (span.to - span.from).count());
    }

    void show(const RunTrace::Mark& mark) {
        events_.mark(row_of(mark.process), mark.suspends ? "suspend" : "resume", ns_of(mark.at));
    }

  private:
    [[nodiscard]] TraceRow row_of(std::uint32_t process) const {
        return {.group = first_ + threads_[process].device, .row = process + 1};
    }

    const std::vector<DeviceModel>& devices_;
    std::vector<Thread> threads_;
    std::size_t first_;
    ChromeTrace& events_;
};

}  // namespace

void RunTrace::runs(std::uint32_t process, bool is_running, TimePoint now) {
    if (since_.size() <= process) {
        since_.resize(process + 1);
    }
    std::optional<TimePoint>& since = since_[process];
    if (is_running) {
        since = now;
    } else if (since && has_room(now)) {
        spans_.push_back({.process = process, .from = *since, .to = now});
        since.reset();
    }
}

void RunTrace::ordered(std::uint32_t process, bool suspends, TimePoint now) {
    if (has_room(now)) {
        marks_.push_back({.process = process, .suspends = suspends, .at = now});
    }
}

bool RunTrace::has_room(TimePoint now) {
    if (!full_at_ && spans_.size() + marks_.size() >= most_) {
        full_at_ = now;
    }
    return !full_at_;
}

std::string chrome_trace(const Scenario& scenario, const std::vector<RunTrace>& traces) {
    std::string text;
    ChromeTrace events(text);
    events.open();
    for (std::size_t number = 0; number < traces.size(); ++number) {
        Writer writer(scenario, number, events);
        writer.name_all(traces[number].policy());
        for (const RunTrace::Span& span : traces[number].spans()) {
            writer.show(span);
        }
        for (const RunTrace::Mark& mark : traces[number].marks()) {
            writer.show(mark);
        }
    }
    events.close("simulated, not measured", R"({"simulated":true})");
    return text;
}

}  // namespace penstock::sim
