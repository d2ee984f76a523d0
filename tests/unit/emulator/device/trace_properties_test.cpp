// SPDX-License-Identifier: Apache-2.0
//
// Properties of random traces: kernels submitted in advance, then suspensions, resumptions and
// masks at fixed times. However often the device is called in between, the outcome is the same.

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/emulator/device/device_rig.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t queue_count = 5;
constexpr Duration length = 60ms;

struct Step {
    TimePoint when{};
    QueueName queue{};
    enum class Kind : std::uint8_t { suspend, resume, mask, stop, go } kind = Kind::suspend;
    std::uint32_t units = 0;
};

struct Trace {
    DeviceSettings settings{};
    std::vector<std::vector<SyntheticKernel>> kernels{};
    std::vector<Step> steps{};
};

Trace random_trace(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Trace trace{.settings = {.scheduler = random() % 2 == 0 ? Scheduler::hws : Scheduler::mes,
                             .compute_units = 104,
                             .save_cost = Duration(1 + random() % 200'000),
                             .restore_cost = Duration(1 + random() % 200'000)}};
    trace.kernels.resize(queue_count);
    for (auto& kernels : trace.kernels) {
        kernels.resize(random() % 40);
        for (SyntheticKernel& kernel : kernels) {
            kernel = {.duration_ns = 1000 + random() % 900'000,
                      .dram_read_bytes = random() % 1'000'000,
                      .dram_written_bytes = random() % 1'000'000};
        }
    }
    TimePoint when = start;
    while (when < start + length) {
        when += Duration(1 + random() % 1'500'000);
        trace.steps.push_back(
            {.when = when,
             .queue = {.tgid = 1, .number = static_cast<std::uint32_t>(random() % queue_count)},
             .kind = static_cast<Step::Kind>(random() % 5),
             .units = static_cast<std::uint32_t>(1 + random() % 104)});
    }
    return trace;
}

class TraceRun {
  public:
    // `longest_gap` is the most time that passes between two calls.
    TraceRun(const Trace& trace, Duration longest_gap) : rig_(trace.settings), gap_(longest_gap) {
        for (std::uint32_t i = 0; i < queue_count; ++i) {
            queues_.push_back(&rig_.add_queue({.tgid = 1, .number = i}));
            for (const SyntheticKernel& kernel : trace.kernels[i]) {
                queues_[i]->submit(kernel);
            }
        }
        rig_.device->run(start);
        for (const Step& step : trace.steps) {
            run_to(step.when);
            apply(step);
        }
    }

    void run_to(TimePoint when) {
        while (now_ + gap_ < when) {
            now_ += gap_;
            rig_.device->run(now_);
            check_bounds();
        }
        now_ = when;
    }

    void release_everybody() {
        for (std::uint32_t i = 0; i < queue_count; ++i) {
            apply({.when = now_, .queue = queues_[i]->name(), .kind = Step::Kind::resume});
            apply({.when = now_, .queue = queues_[i]->name(), .kind = Step::Kind::go});
        }
        // Far enough for all kernels under the narrowest mask.
        for (int i = 0; i < 200; ++i) {
            now_ += 1s;
            rig_.device->run(now_);
        }
    }

    [[nodiscard]] std::vector<TimePoint> ends() const {
        std::vector<TimePoint> ends;
        for (const ClientQueue* queue : queues_) {
            for (std::uint64_t number = 0; number < queue->write_id(); ++number) {
                ends.push_back(queue->end_of(number));
            }
        }
        return ends;
    }

    [[nodiscard]] DeviceCounters counters() const { return rig_.device->counters(); }

  private:
    void apply(const Step& step) {
        const std::span<const QueueName> name(&step.queue, 1);
        QueueSetup setup = queues_[step.queue.number]->setup();
        switch (step.kind) {
            case Step::Kind::suspend:
                rig_.device->suspend(name, step.when);
                break;
            case Step::Kind::resume:
                rig_.device->resume(name, step.when);
                break;
            case Step::Kind::mask:
                rig_.device->set_cu_mask(step.queue, step.units, step.when);
                break;
            case Step::Kind::stop:
                setup.percentage = 0;
                rig_.device->update(setup, step.when);
                break;
            case Step::Kind::go:
                rig_.device->update(setup, step.when);
                break;
        }
    }

    void check_bounds() {
        const DeviceCounters seen = counters();
        EXPECT_LE(seen.busy, now_ - start);
        EXPECT_GE(seen.busy, before_.busy);
        EXPECT_GE(seen.dram_read_bytes, before_.dram_read_bytes);
        before_ = seen;
    }

    DeviceRig rig_;
    Duration gap_;
    TimePoint now_ = start;
    std::vector<ClientQueue*> queues_{};
    DeviceCounters before_{};
};

class TraceProperties : public testing::Test {
  protected:
    void for_random_traces(int count, auto property) {
        const std::uint64_t seed = std::random_device{}();
        for (int i = 0; i < count; ++i) {
            SCOPED_TRACE(testing::Message() << "seed " << seed << " + " << i);
            property(random_trace(seed + static_cast<std::uint64_t>(i)));
        }
    }
};

TEST_F(TraceProperties, do_not_depend_on_how_often_the_device_is_called) {
    for_random_traces(60, [](const Trace& trace) {
        const TraceRun coarse(trace, 1h);
        const TraceRun fine(trace, 7'919ns);
        EXPECT_EQ(coarse.ends(), fine.ends());
        EXPECT_EQ(coarse.counters().busy, fine.counters().busy);
        EXPECT_EQ(coarse.counters().dram_read_bytes, fine.counters().dram_read_bytes);
    });
}

TEST_F(TraceProperties, let_no_kernel_lose_or_gain_work) {
    for_random_traces(60, [](const Trace& trace) {
        TraceRun run(trace, 1ms);
        run.release_everybody();
        DeviceCounters expected;
        Duration work{};
        for (const auto& kernels : trace.kernels) {
            for (const SyntheticKernel& kernel : kernels) {
                expected.dram_read_bytes += kernel.dram_read_bytes;
                expected.dram_written_bytes += kernel.dram_written_bytes;
                ++expected.kernels;
                work += Duration(kernel.duration_ns);
            }
        }
        EXPECT_EQ(run.counters().kernels, expected.kernels);
        EXPECT_EQ(run.counters().dram_read_bytes, expected.dram_read_bytes);
        EXPECT_EQ(run.counters().dram_written_bytes, expected.dram_written_bytes);
        // The device is never faster than itself; rounding up costs at most 1 ns per kernel.
        EXPECT_GE(run.counters().busy, work);
    });
}

TEST_F(TraceProperties, leave_the_device_work_conserving_without_masks_and_suspensions) {
    for_random_traces(60, [](Trace trace) {
        trace.steps.clear();
        TraceRun run(trace, 1ms);
        run.run_to(start + 500ms);
        Duration work{};
        for (const auto& kernels : trace.kernels) {
            for (const SyntheticKernel& kernel : kernels) {
                work += Duration(kernel.duration_ns);
            }
        }
        EXPECT_GE(run.counters().busy, work);
        EXPECT_LE(run.counters().busy, work + 1us);
    });
}

}  // namespace
}  // namespace penstock::emulator
