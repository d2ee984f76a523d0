// SPDX-License-Identifier: Apache-2.0
//
// Bench: one counting source on a fake machine, and what it says in short words.

#pragma once

#include <gmock/gmock.h>

#include <map>

#include "agent/probes/perf/counting_source.h"
#include "agent/probes/perf/perf_kinds.h"
#include "tests/unit/perf_probes/platforms.h"

namespace penstock::fakes {

inline constexpr SourceId bench_source{.kind = 7};

struct Bench {
    explicit Bench(const CounterKind& kind, const Packages& shape = {.packages = 2})
        : source(make_counting_source(kind, std::chrono::milliseconds(10))) {
        add_packages(machine, shape);
    }

    Opened open() { return source->open(machine, {}, bench_source); }

    // Why it is absent, or may come later; "" when it is available.
    std::string why_not() {
        const Opened opened = open();
        if (const auto* later = std::get_if<Later>(&opened)) {
            return "later: " + later->why;
        }
        const auto* absent = std::get_if<Absent>(&opened);
        return absent == nullptr ? "" : absent->why;
    }

    std::string what() {
        const Opened opened = open();
        const auto* available = std::get_if<Available>(&opened);
        return available == nullptr ? "" : available->what;
    }

    // Whether it wants to stay open.
    bool read(Duration at = std::chrono::seconds(1)) {
        readings.clear();
        return source->read(TimePoint(at), readings);
    }

    // The configs of each group that perf opened, in order.
    [[nodiscard]] std::vector<std::vector<std::uint64_t>> groups() const {
        std::vector<std::vector<std::uint64_t>> configs;
        for (const FakeMachine::Opening& opening : machine.openings()) {
            if (opening.refused == 0) {
                auto& group = configs.emplace_back();
                for (const PerfEvent& event : opening.events) {
                    group.push_back(event.config);
                }
            }
        }
        return configs;
    }

    // How many parts of each quantity the last read brought, and in which unit.
    [[nodiscard]] std::map<Quantity, std::pair<std::size_t, double>> parts() const {
        std::map<Quantity, std::pair<std::size_t, double>> found;
        for (const CounterReading& reading : readings.counters) {
            auto& [count, unit] = found[reading.subject.quantity];
            ++count;
            unit = reading.unit;
        }
        return found;
    }

    FakeMachine machine;
    std::unique_ptr<Source> source;
    Readings readings;
};

}  // namespace penstock::fakes
