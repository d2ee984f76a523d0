// SPDX-License-Identifier: Apache-2.0
//
// Reaction: how soon after the memory's utilization has crossed a threshold the level is on the
// board, and how often a level changes in noise. Prints one line of JSON.
//
// The agent's own state and board, ticking every 10 ms, and as nice and in as short slices as the
// agent; a reader looks at the board all the while. The source is a counter of what was moved since
// the last tick by a load that jumps from half of the peak to all of it. The utilization crosses
// the threshold when the load, smoothed over 50 ms as the levels see it, does: 60 ms after the
// jump, at any moment between two ticks. The noise is played in virtual time.
//
// usage: bench_client_reaction [CROSSINGS]

#include <sys/resource.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_nanosleep() is POSIX.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

#include "agent/publish/board_page.h"
#include "agent/state/machine_state.h"
#include "base/clock.h"
#include "base/short_slices.h"
#include "base/text.h"
#include "client/libpenstock/board_view.h"
#include "tests/fakes/readings.h"

namespace penstock::bench {
namespace {

using namespace std::chrono_literals;

constexpr Duration tick = 10ms;
constexpr double peak = 100;
constexpr double use_before = 0.5;  // Of the peak.
constexpr double use_after = 1;
constexpr int nice_of_the_agent = -5;

void sleep_until(TimePoint when) {
    const std::int64_t ns = to_ns(when);
    const timespec until{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

// Ticks as the agent does, in a thread of its own.
class Ticking {
  public:
    // Notes how late each round began: the machine's part, which is in every reaction.
    Ticking(dbus::BoardPage& board, std::vector<double>& late_ms)
        : board_(board), late_ms_(late_ms), thread_([this] { run(); }) {}

    ~Ticking() {
        over_ = true;
        thread_.join();
    }

    Ticking(const Ticking&) = delete;
    Ticking& operator=(const Ticking&) = delete;
    Ticking(Ticking&&) = delete;
    Ticking& operator=(Ticking&&) = delete;

    void jump(TimePoint when) { jumped_ns_ = to_ns(when); }

    // When the level was on the board; the reader may have been late.
    [[nodiscard]] TimePoint raised() const { return from_ns(raised_ns_); }

  private:
    // Of all that was moved in between.
    [[nodiscard]] double used(TimePoint from, TimePoint until) const {
        const std::int64_t jumped_ns = jumped_ns_;
        if (jumped_ns == 0) {
            return use_before;
        }
        const TimePoint jumped = std::clamp(from_ns(jumped_ns), from, until);
        const auto after = std::chrono::duration<double>(until - jumped);
        return use_before + ((use_after - use_before) * (after / (until - from)));
    }

    void run() {
        ask_for_slices_of(100us);
        // As its unit has it; who may not goes on without. It holds for this thread alone.
        static_cast<void>(::setpriority(PRIO_PROCESS, 0, nice_of_the_agent));
        MachineState state;
        Readings readings;
        TimePoint before = monotonic_now();
        for (TimePoint next = before + tick; !over_; next += tick) {
            sleep_until(next);
            const TimePoint now = monotonic_now();
            late_ms_.push_back(std::chrono::duration<double, std::milli>(now - next).count());
            readings.levels = {
                fakes::level(Quantity::dram_total, memory_node(0), peak * used(before, now), now),
                fakes::level(Quantity::dram_peak, memory_node(0), peak, now)};
            before = now;
            const Snapshot& seen = state.absorb(readings, now);
            board_.write(seen, 1s);
            if (raised_ns_ == 0 && seen.memory.at(0).throttle.level != ThrottleLevel::none) {
                raised_ns_ = to_ns(monotonic_now());
            }
        }
    }

    dbus::BoardPage& board_;
    std::vector<double>& late_ms_;
    std::atomic<std::int64_t> jumped_ns_ = 0;
    std::atomic<std::int64_t> raised_ns_ = 0;
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

// From the crossing, at some moment between two ticks, to the level.
double reaction_ms(Duration phase, std::vector<double>& late_ms) {
    dbus::BoardPage board = dbus::BoardPage::make(Fd(), monotonic_now()).value();
    client::BoardView view = client::BoardView::make().value();
    static_cast<void>(view.show(board.reader().value()));
    Ticking agent(board, late_ms);
    sleep_until(monotonic_now() + (3 * tick) + phase);
    const TimePoint jumped = monotonic_now();
    agent.jump(jumped);
    const double left = (use_after - use_before) / (use_after - Throttle::usual_target);
    const TimePoint crossed =
        jumped + std::chrono::duration_cast<Duration>(ThrottleWatch::smoothing * std::log(left));
    while (view.level(-1) == PENSTOCK_THROTTLE_NONE || agent.raised() == TimePoint{}) {
        sleep_until(monotonic_now() + 100us);
    }
    return std::chrono::duration<double, std::milli>(agent.raised() - crossed).count();
}

// Changes of the level in a second of noise around each threshold; the most of them.
double flaps_per_second() {
    constexpr int seconds = 100;
    constexpr double amplitude = 0.03;
    std::mt19937 random(7);  // NOLINT(*-msc51-cpp): the same noise every time.
    std::uniform_real_distribution<double> noise(-amplitude, amplitude);
    int most = 0;
    for (const double threshold : {0.80, 0.85, 0.90, 0.95}) {
        ThrottleWatch watch;
        Throttle shown;
        int changes = 0;
        for (TimePoint now(1s); now < TimePoint(1s) + (seconds * 1s); now += tick) {
            const ThrottleLevel before = shown.level;
            watch.look(NodeUse{.share = threshold + noise(random), .taken = now}, now, shown);
            changes += shown.level != before ? 1 : 0;
        }
        most = std::max(most, changes);
    }
    return static_cast<double>(most) / seconds;
}

double at(std::vector<double>& values, double share) {
    std::ranges::sort(values);
    const auto place = static_cast<std::size_t>(share * static_cast<double>(values.size()));
    return values[std::min(values.size() - 1, place)];
}

void print(int crossings) {
    std::vector<double> took;
    std::vector<double> late_ms;
    std::mt19937 random(11);  // NOLINT(*-msc51-cpp): as above.
    std::uniform_int_distribution<int> phase_us(0, static_cast<int>(tick / 1us));
    for (int each = 0; each < crossings; ++each) {
        took.push_back(reaction_ms(std::chrono::microseconds(phase_us(random)), late_ms));
    }
    constexpr double middle = 0.5;
    constexpr double nearly_all = 0.99;
    std::printf(
        "{\"crossings\": %d, \"reaction_p50_ms\": %.3f, \"reaction_p99_ms\": %.3f, "
        "\"tick_late_p99_ms\": %.3f, \"flaps_per_s\": %.3f}\n",
        crossings,
        at(took, middle),
        at(took, nearly_all),
        at(late_ms, nearly_all),
        flaps_per_second());
}

}  // namespace
}  // namespace penstock::bench

int main(int count, char** arguments) {
    constexpr int usual_crossings = 200;
    const std::optional<int> crossings =
        count > 1 ? penstock::parse_number<int>(arguments[1]) : usual_crossings;
    if (!crossings || *crossings < 1) {
        std::fprintf(stderr, "usage: bench_client_reaction [CROSSINGS]\n");
        return 2;
    }
    penstock::bench::print(*crossings);
    return 0;
}
