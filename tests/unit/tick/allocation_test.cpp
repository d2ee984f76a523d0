// SPDX-License-Identifier: Apache-2.0
//
// A tick on a crowded machine allocates nothing once it is warm: the agent ticks a hundred times a
// second for months, and what it allocates then is what it fragments.

#include <gtest/gtest.h>

#include "agent/probes/source_catalogue.h"
#include "agent/state/history.h"
#include "agent/state/machine_state.h"
#include "base/tree.h"
#include "policies/fixed_priority.h"
#include "policies/guard.h"
#include "tests/bench/probes/allocation_counter.h"
#include "tests/bench/probes/crowded_machine.h"

namespace penstock::bench {
namespace {

using namespace std::chrono_literals;

// Everything in this thread: each source of the catalogue, also those that have lanes in the agent.
class InlineProbes final : public Probes {
  public:
    explicit InlineProbes(CrowdedMachine& machine)
        : machine_(machine.machine()), group_(*machine_, machine.surroundings()) {
        for (NumberedSource& each : make_sources({}, machine.surroundings())) {
            group_.add(std::move(each.source), each.id);
        }
        MachineProbes events;
        machine.populate(events);
        first_ = events.read({});
    }

    const Readings& read(TimePoint now) override {
        readings_.clear();
        if (!given_) {
            given_ = true;
            readings_ = first_;
        }
        group_.run(now, readings_);
        return readings_;
    }

  private:
    std::shared_ptr<Machine> machine_;
    SourceGroup group_;
    Readings first_;
    Readings readings_;
    bool given_ = false;
};

class Onlooker final : public Actuator, public Publisher {
  public:
    Outcome apply(const Decision& decision) override {
        orders = decision.orders.size();
        return {};
    }

    // As the bus service does, which allocates only for what it announces.
    void publish(const Snapshot& seen, const Outcome& /*done*/) override {
        odd_readings = seen.odd_readings;
        history.note(seen, {});
    }

    std::size_t orders = 0;
    std::uint64_t odd_readings = 0;
    History history{};
};

TEST(Tick, allocates_nothing_once_it_is_warm) {
    const auto metrics =
        Tree(PENSTOCK_MACHINES).read("strixpoint/card1/device/gpu_metrics").value();
    CrowdedMachine machine(metrics);
    InlineProbes probes(machine);
    Onlooker onlooker;
    ControlLoop loop({.probes = probes, .actuator = onlooker, .publisher = onlooker},
                     std::make_unique<FixedPriority>(FixedPriority::Settings{}),
                     {});
    TimePoint now(1s);
    for (int tick = 0; tick < 300; ++tick) {
        loop.tick(now += 10ms);
    }
    const std::size_t before = allocations();
    for (int tick = 0; tick < 300; ++tick) {
        loop.tick(now += 10ms);
    }
    EXPECT_EQ(allocations(), before);
    EXPECT_EQ(onlooker.orders, crowded_devices);
    EXPECT_EQ(onlooker.odd_readings, 0U);
    EXPECT_GT(onlooker.history.series().size(), crowded_devices);
    EXPECT_EQ(onlooker.history.left_out(), 0U);
    EXPECT_EQ(crowded_groups_opened(), crowded_boxes * crowded_packages);
}

}  // namespace
}  // namespace penstock::bench
