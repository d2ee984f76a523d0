// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/trace_events.h"

#include <fmt/format.h>

#include "base/chrome_trace.h"

namespace penstock::dbus {
namespace {

constexpr std::uint64_t machine_group = 0;  // No device has this number.

TraceRow row_of(OwnerId owner, GpuId gpu) {
    return {.group = gpu.value, .row = owner.value};
}

std::string deed_of(std::uint32_t queue) {
    return queue == every_queue ? "preempted" : fmt::format("queue {} preempted", queue);
}

double rate_in(const Sample<BytesPerSecond>& sample) {
    return static_cast<double>(sample.value ? sample.value->value : 0);
}

struct NamedRate {
    std::string_view name{};
    const Sample<BytesPerSecond>& rate;
};

// What nobody could read is left out: 0 would be a lie.
void add_counter(ChromeTrace& events,
                 std::uint64_t group,
                 std::string_view name,
                 std::int64_t now_ns,
                 const std::pair<NamedRate, NamedRate>& rates) {
    const auto& [first, second] = rates;
    if (first.rate.value && second.rate.value) {
        events.counter(group,
                       name,
                       now_ns,
                       {{first.name, rate_in(first.rate)}, {second.name, rate_in(second.rate)}});
    }
}

}  // namespace

std::string TraceEvents::opening() {
    std::string text;
    ChromeTrace events(text);
    events.open();
    events.name_group(machine_group, "memory");
    return text;
}

std::string TraceEvents::of(const wire::Acted& acted) {
    const Held held{.owner = acted.owner, .gpu = acted.gpu, .queue = acted.queue};
    std::string text;
    if (acted.error != 0) {
        return text;
    }
    switch (acted.verb) {
        case Verb::suspend:
            since_.try_emplace(held, acted.done_ns);
            return text;
        case Verb::resume:
            break;
    }
    if (const auto begun = since_.extract(held); begun) {
        ChromeTrace(text).span(row_of(held.owner, held.gpu),
                               deed_of(held.queue),
                               begun.mapped(),
                               acted.done_ns - begun.mapped());
    }
    return text;
}

std::string TraceEvents::of(const Snapshot& seen) {
    std::string text;
    name_new(seen, text);
    if (seen.now < counters_due_) {
        return text;
    }
    counters_due_ = seen.now + counters_apart;
    ChromeTrace events(text);
    const std::int64_t now_ns = to_ns(seen.now);
    for (const MemoryNode& node : seen.memory) {
        add_counter(
            events,
            machine_group,
            fmt::format("DRAM of node {}, B/s", node.number),
            now_ns,
            {{.name = "read", .rate = node.read}, {.name = "written", .rate = node.written}});
    }
    for (const Device& device : seen.devices) {
        add_counter(events,
                    device.gpu.value,
                    "PCIe, B/s",
                    now_ns,
                    {{.name = "received", .rate = device.use.pcie_received},
                     {.name = "sent", .rate = device.use.pcie_sent}});
    }
    return text;
}

void TraceEvents::name_new(const Snapshot& seen, std::string& text) {
    ChromeTrace events(text);
    if (rows_.size() > most_remembered) {
        rows_.clear();  // A name that is told twice is the same name.
    }
    if (since_.size() > most_remembered) {
        since_.clear();
    }
    for (const Device& device : seen.devices) {
        emulated_ = emulated_ || device.emulated;
        if (devices_.insert(device.gpu).second) {
            events.name_group(device.gpu.value,
                              fmt::format("device {} ({})", device.gpu.value, device.name));
        }
    }
    for (const Owner& owner : seen.owners) {
        name_new_rows(owner, text);
    }
}

// Whoever was suspended when the trace began has been since then at least.
void TraceEvents::name_new_rows(const Owner& owner, std::string& text) {
    ChromeTrace events(text);
    for (const Tenure& tenure : owner.tenures) {
        if (!rows_.emplace(owner.id, tenure.gpu).second) {
            continue;
        }
        events.name_row(row_of(owner.id, tenure.gpu),
                        fmt::format("{} {}", owner.command, owner.pid));
        if (tenure.suspended) {
            since_.try_emplace({.owner = owner.id, .gpu = tenure.gpu},
                               to_ns(tenure.suspended_since));
        }
    }
}

std::string TraceEvents::closing(TimePoint now, std::uint64_t dropped) const {
    std::string text;
    ChromeTrace events(text);
    for (const auto& [held, begun] : since_) {
        events.span(row_of(held.owner, held.gpu),
                    deed_of(held.queue) + ", and still",
                    begun,
                    to_ns(now) - begun);
    }
    events.close(
        emulated_ ? "emulated" : "",
        fmt::format(
            R"({{"clock":"CLOCK_MONOTONIC","dropped":{},"emulated":{}}})", dropped, emulated_));
    return text;
}

}  // namespace penstock::dbus
