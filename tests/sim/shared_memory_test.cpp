// SPDX-License-Identifier: Apache-2.0
//
// The memory that a simulated machine's devices share: what its counters show, and what a token and
// leases make of who moves how much.

#include "sim/machine/shared_memory.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/machine/warden.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t gb = 1'000'000'000;
constexpr TimePoint start = TimePoint(1s);

// Never without work: one packet after the other, of so long.
JobModel busy(std::size_t device, std::uint64_t rate, Duration kernel = 1ms) {
    return {.device = device,
            .kernel = {.shape = Law::Shape::constant, .mean = kernel},
            .dram_rate = rate,
            .arrivals = {.depth = 2}};
}

// A device for each job, and no gate: only the memory bounds anybody.
class MemoryBench final : PointerWatch {
  public:
    MemoryBench(MemoryModel memory, std::vector<JobModel> jobs, bool controlled = true)
        : scenario_(scenario_of(memory, std::move(jobs))),
          workload_(
              scenario_, {.accelerators = accelerators_, .agenda = agenda_, .watch = *this}, true),
          memory_(scenario_, accelerators_, workload_, controlled) {
        for (const DeviceModel& device : scenario_.devices) {
            accelerators_.emplace_back(device, start);
        }
        workload_.start(start);
        memory_.settle(start);
    }

    // With a tick every 10 ms; the counters are as the last one found them.
    void run_for(Duration time) {
        const TimePoint end = now_ + time;
        for (TimePoint tick = now_ + 10ms; tick <= end; tick += 10ms) {
            run_until(tick);
            readings_.clear();
            memory_.report_to(readings_, tick);
            memory_.settle(tick);
        }
    }

    void kill(std::uint32_t process) {
        workload_.die(process, now_);
        memory_.settle(now_);
    }

    [[nodiscard]] const Readings& readings() const { return readings_; }

    // Of the last tick.
    [[nodiscard]] std::uint64_t bytes() const {
        return count_of({.place = memory_node(0), .quantity = Quantity::dram_total});
    }

    [[nodiscard]] Duration served(std::uint32_t process) const {
        return Duration(static_cast<Duration::rep>(
            count_of({.place = place_of(owner_of(process)), .quantity = Quantity::gpu_time})));
    }

    // Per second, in the next so much time.
    double rate_within(Duration time) {
        const std::uint64_t before = bytes();
        run_for(time);
        return static_cast<double>(bytes() - before) / std::chrono::duration<double>(time).count();
    }

  private:
    static Scenario scenario_of(MemoryModel memory, std::vector<JobModel> jobs) {
        Scenario scenario;
        scenario.memory = memory;
        scenario.devices.resize(jobs.size());
        scenario.jobs = std::move(jobs);
        return scenario;
    }

    void launched(std::uint32_t /*process*/, TimePoint /*now*/) override {}

    [[nodiscard]] TimePoint next() const {
        TimePoint next = agenda_.next();
        for (const Accelerator& accelerator : accelerators_) {
            next = std::min(next, accelerator.next_change());
        }
        return next;
    }

    void run_until(TimePoint end) {
        for (TimePoint when = next(); when <= end; when = next()) {
            for (std::size_t device = 0; device < accelerators_.size(); ++device) {
                for (const std::uint32_t queue : accelerators_[device].advance(when)) {
                    workload_.packet_ended(device, queue, when);
                }
            }
            if (agenda_.next() <= when) {
                workload_.happen(agenda_.take());
            }
            memory_.settle(when);
        }
        now_ = end;
    }

    [[nodiscard]] std::uint64_t count_of(const Subject& subject) const {
        for (const CounterReading& counter : readings_.counters) {
            if (counter.subject.place == subject.place &&
                counter.subject.quantity == subject.quantity) {
                return counter.count.value_or(0);
            }
        }
        return 0;
    }

    Scenario scenario_;
    std::vector<Accelerator> accelerators_{};
    Agenda agenda_{};
    Workload workload_;
    SharedMemory memory_;
    Readings readings_{};
    TimePoint now_ = start;
};

TEST(SharedMemory, that_is_always_enough_is_not_measured) {
    MemoryBench bench({}, {busy(0, 60 * gb)});
    bench.run_for(50ms);
    EXPECT_TRUE(bench.readings().counters.empty());
    EXPECT_TRUE(bench.readings().levels.empty());
}

TEST(SharedMemory, counts_the_bytes_of_all_and_the_time_of_each) {
    MemoryBench bench({.bus = {.peak = 40 * gb}}, {busy(0, 10 * gb), busy(1, 20 * gb)});
    bench.run_for(100ms);
    EXPECT_NEAR(static_cast<double>(bench.served(0).count()), 100e6, 0.1e6);
    EXPECT_NEAR(static_cast<double>(bench.served(1).count()), 100e6, 0.1e6);
    const auto moved =
        static_cast<double>((10 * bench.served(0).count()) + (20 * bench.served(1).count()));
    EXPECT_NEAR(static_cast<double>(bench.bytes()), moved, 1);
}

TEST(SharedMemory, says_what_it_can_move_and_for_how_long_that_holds) {
    MemoryBench bench({.bus = {.peak = 40 * gb}}, {busy(0, gb)});
    bench.run_for(20ms);
    ASSERT_EQ(bench.readings().levels.size(), 1U);
    const LevelReading& peak = bench.readings().levels.front();
    EXPECT_EQ(peak.subject.place, memory_node(0));
    EXPECT_EQ(peak.subject.quantity, Quantity::dram_peak);
    EXPECT_EQ(peak.value, 40e9);
    EXPECT_TRUE(peak.by.emulated);
    EXPECT_EQ(peak.by.taken, start + 20ms);
    EXPECT_EQ(peak.by.valid_for, 20ms) << "two ticks";
}

TEST(SharedMemory, counts_a_slower_device_by_its_work) {
    MemoryBench bench({.bus = {.peak = 40 * gb}}, {busy(0, 60 * gb), busy(1, 20 * gb)});
    bench.run_for(100ms);
    EXPECT_NEAR(static_cast<double>(bench.served(0).count()), 50e6, 0.5e6);
    EXPECT_NEAR(static_cast<double>(bench.bytes()), 4e9, 0.04e9);
}

TEST(SharedMemory, slows_nobody_down_who_moves_nothing) {
    for (const MemoryControl control :
         {MemoryControl::none, MemoryControl::token, MemoryControl::leases}) {
        MemoryBench bench({.bus = {.peak = 10 * gb}, .control = control},
                          {busy(0, 60 * gb), busy(1, 0)});
        bench.run_for(100ms);
        EXPECT_NEAR(static_cast<double>(bench.served(1).count()), 100e6, 0.1e6);
        EXPECT_GT(bench.served(0), 0ms);
    }
}

TEST(SharedMemory, never_counts_backwards_when_processes_die) {
    MemoryBench bench({.bus = {.peak = 40 * gb}}, {busy(0, 30 * gb), busy(1, 30 * gb)});
    bench.run_for(50ms);
    const std::uint64_t before = bench.bytes();
    const Duration served = bench.served(0);
    bench.kill(0);
    bench.run_for(10ms);
    EXPECT_EQ(bench.served(0), served);
    EXPECT_NEAR(static_cast<double>(bench.bytes() - before), 0.3e9, 0.01e9)
        << "the other one goes on at its own rate";
}

// Kernels of 30 ms that all come at once, and again as soon as they are done.
std::vector<JobModel> three_in_turns() {
    std::vector<JobModel> jobs;
    for (std::size_t device = 0; device < 3; ++device) {
        jobs.push_back(busy(device, 10 * gb, 30ms));
        jobs.back().arrivals.depth = 1;
    }
    return jobs;
}

TEST(SharedMemory, passes_its_token_in_the_order_of_asking) {
    MemoryBench bench({.bus = {.peak = 40 * gb}, .control = MemoryControl::token},
                      three_in_turns());
    const auto served_ms = [&] {
        std::vector<std::int64_t> served;
        for (std::uint32_t process = 0; process < 3; ++process) {
            served.push_back((bench.served(process) + 500us) / 1ms);
        }
        return served;
    };
    bench.run_for(20ms);
    EXPECT_EQ(served_ms(), (std::vector<std::int64_t>{20, 0, 0}));
    bench.run_for(20ms);
    EXPECT_EQ(served_ms(), (std::vector<std::int64_t>{30, 10, 0}));
    bench.run_for(40ms);
    EXPECT_EQ(served_ms(), (std::vector<std::int64_t>{30, 30, 20}));
    bench.run_for(20ms);
    EXPECT_EQ(served_ms(), (std::vector<std::int64_t>{40, 30, 30}));
}

TEST(SharedMemory, takes_its_token_from_the_dead) {
    MemoryBench bench({.bus = {.peak = 40 * gb}, .control = MemoryControl::token},
                      three_in_turns());
    bench.run_for(10ms);
    bench.kill(0);
    bench.kill(2);
    bench.run_for(20ms);
    EXPECT_NEAR(static_cast<double>(bench.served(1).count()), 20e6, 0.1e6);
}

TEST(SharedMemory, keeps_those_with_leases_from_asking_for_too_much) {
    const std::vector<JobModel> jobs{busy(0, 40 * gb), busy(1, 40 * gb)};
    const SharedBus bus{.peak = 40 * gb, .contention_loss = 0.25};
    MemoryBench without({.bus = bus}, jobs);
    EXPECT_NEAR(without.rate_within(500ms), 30e9, 0.5e9);
    MemoryBench leased({.bus = bus, .control = MemoryControl::leases}, jobs);
    leased.run_for(500ms);
    EXPECT_NEAR(leased.rate_within(500ms), 38e9, 0.5e9) << "95 % of the peak, and nothing is lost";
}

TEST(SharedMemory, is_not_controlled_where_the_agent_is_not) {
    MemoryBench bench(
        {.bus = {.peak = 40 * gb, .contention_loss = 0.25}, .control = MemoryControl::leases},
        {busy(0, 40 * gb), busy(1, 40 * gb)},
        false);
    EXPECT_NEAR(bench.rate_within(500ms), 30e9, 0.5e9);
}

TEST(SharedMemory, leaves_the_lease_of_the_dead_to_the_living) {
    MemoryBench bench({.bus = {.peak = 40 * gb}, .control = MemoryControl::leases},
                      {busy(0, 40 * gb), busy(1, 40 * gb)});
    bench.run_for(500ms);
    const Duration alive = bench.served(1);
    bench.run_for(200ms);
    EXPECT_NEAR(static_cast<double>((bench.served(1) - alive).count()), 95e6, 2e6) << "19 of 40";
    bench.kill(0);
    bench.run_for(500ms);  // Shares shift a step at a time.
    EXPECT_NEAR(bench.rate_within(200ms), 38e9, 0.5e9);
}

TEST(SharedMemory, serves_critical_leases_first) {
    std::vector<JobModel> jobs{busy(0, 40 * gb), busy(1, 30 * gb)};
    jobs[0].service_class = ServiceClass::idle;
    jobs[1].service_class = ServiceClass::latency;
    MemoryBench bench({.bus = {.peak = 40 * gb}, .control = MemoryControl::leases},
                      std::move(jobs));
    bench.run_for(200ms);
    const Duration before = bench.served(1);
    bench.run_for(500ms);
    EXPECT_NEAR(static_cast<double>((bench.served(1) - before).count()), 500e6, 2e6);
}

}  // namespace
}  // namespace penstock::sim
