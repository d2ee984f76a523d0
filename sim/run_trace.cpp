// SPDX-License-Identifier: Apache-2.0

#include "sim/run_trace.h"

#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "sim/machine/simulation.h"

namespace penstock::sim {
namespace {

// Microseconds, as the format wants them, with the nanoseconds behind the point.
std::string microseconds(std::int64_t ns) {
    constexpr std::int64_t ns_per_us = 1000;
    return fmt::format("{}.{:03}", ns / ns_per_us, ns % ns_per_us);
}

std::string json_string(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

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

// The events of one trace, each with a comma behind it.
class Writer {
  public:
    Writer(const Scenario& scenario, std::size_t number, std::string& text)
        : devices_(scenario.devices),
          threads_(threads_of(scenario)),
          first_(1 + (number * scenario.devices.size())),
          text_(text) {}

    void name_all(const std::string& policy) {
        for (std::size_t device = 0; device < devices_.size(); ++device) {
            add(R"({{"name":"process_name","ph":"M","pid":{},"args":{{"name":{}}}}},)",
                first_ + device,
                json_string(policy + ": " + devices_[device].name));
        }
        for (std::uint32_t process = 0; process < threads_.size(); ++process) {
            add(R"({{"name":"thread_name","ph":"M",{},"args":{{"name":{}}}}},)",
                place_of(process),
                json_string(threads_[process].name));
        }
    }

    void show(const RunTrace::Span& span) {
        add(R"({{"name":"runs","ph":"X",{},"ts":{},"dur":{}}},)",
            place_of(span.process),
            microseconds((span.from - Simulation::origin).count()),
            microseconds((span.to - span.from).count()));
    }

    void show(const RunTrace::Mark& mark) {
        add(R"({{"name":"{}","ph":"i","s":"t",{},"ts":{}}},)",
            mark.suspends ? "suspend" : "resume",
            place_of(mark.process),
            microseconds((mark.at - Simulation::origin).count()));
    }

  private:
    template <typename... Parts>
    void add(fmt::format_string<Parts...> format, Parts&&... parts) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Parts>(parts)...);
        text_ += '\n';
    }

    [[nodiscard]] std::string place_of(std::uint32_t process) const {
        return fmt::format(R"("pid":{},"tid":{})", first_ + threads_[process].device, process + 1);
    }

    const std::vector<DeviceModel>& devices_;
    std::vector<Thread> threads_;
    std::size_t first_;
    std::string& text_;
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
    std::string text = "{\"traceEvents\":[\n";
    for (std::size_t number = 0; number < traces.size(); ++number) {
        Writer writer(scenario, number, text);
        writer.name_all(traces[number].policy());
        for (const RunTrace::Span& span : traces[number].spans()) {
            writer.show(span);
        }
        for (const RunTrace::Mark& mark : traces[number].marks()) {
            writer.show(mark);
        }
    }
    // No comma follows the last one.
    text += R"({"name":"simulated, not measured","ph":"i","s":"g","pid":0,"tid":0,"ts":0})";
    return text + "\n],\"displayTimeUnit\":\"ms\",\"otherData\":{\"simulated\":true}}\n";
}

}  // namespace penstock::sim
