// SPDX-License-Identifier: Apache-2.0
//
// Reaction: how soon a program sees on the board that the memory has crossed a threshold, and how
// often a level changes in noise. Prints one line of JSON.
//
// The agent's own state and board, ticking every 10 ms with a source that is told what to say; a
// reader looks at the board all the while. A level takes two samples, so that one to two ticks
// belong to every reaction. The noise is played in virtual time.
//
// usage: bench_client_reaction [CROSSINGS]

#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_nanosleep() is POSIX.

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

#include "agent/publish/board_page.h"
#include "agent/state/machine_state.h"
#include "base/clock.h"
#include "base/text.h"
#include "client/libpenstock/board_view.h"
#include "tests/fakes/readings.h"

namespace penstock::bench {
namespace {

using namespace std::chrono_literals;

constexpr Duration tick = 10ms;
constexpr double peak = 100;

void sleep_until(TimePoint when) {
    const std::int64_t ns = to_ns(when);
    const timespec until{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

// Ticks as the agent does, in a thread of its own.
class Ticking {
  public:
    explicit Ticking(dbus::BoardPage& board) : board_(board), thread_([this] { run(); }) {}

    ~Ticking() {
        over_ = true;
        thread_.join();
    }

    Ticking(const Ticking&) = delete;
    Ticking& operator=(const Ticking&) = delete;
    Ticking(Ticking&&) = delete;
    Ticking& operator=(Ticking&&) = delete;

    void use(double share) { share_ = share; }

  private:
    void run() {
        MachineState state;
        Readings readings;
        for (TimePoint next = monotonic_now(); !over_; next += tick) {
            sleep_until(next);
            const TimePoint now = monotonic_now();
            readings.levels = {
                fakes::level(Quantity::dram_total, memory_node(0), peak * share_, now),
                fakes::level(Quantity::dram_peak, memory_node(0), peak, now)};
            board_.write(state.absorb(readings, now), 1s);
        }
    }

    dbus::BoardPage& board_;
    std::atomic<double> share_ = 0.5;
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

// From the crossing, at some moment between two ticks, to the level.
double reaction_ms(Duration phase) {
    dbus::BoardPage board = dbus::BoardPage::make(Fd(), monotonic_now()).value();
    client::BoardView view = client::BoardView::make().value();
    static_cast<void>(view.show(board.reader().value()));
    Ticking agent(board);
    sleep_until(monotonic_now() + (3 * tick) + phase);
    const TimePoint crossed = monotonic_now();
    agent.use(3);  // So much that the first sample is above the threshold as smoothed, too.
    while (view.level(-1) == PENSTOCK_THROTTLE_NONE) {
        sleep_until(monotonic_now() + 20us);
    }
    return std::chrono::duration<double, std::milli>(monotonic_now() - crossed).count();
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

void print(int crossings) {
    std::vector<double> took;
    std::mt19937 random(11);  // NOLINT(*-msc51-cpp): as above.
    std::uniform_int_distribution<int> phase_us(0, static_cast<int>(tick / 1us));
    for (int each = 0; each < crossings; ++each) {
        took.push_back(reaction_ms(std::chrono::microseconds(phase_us(random))));
    }
    std::ranges::sort(took);
    const auto at = [&](double share) {
        return took[std::min(took.size() - 1,
                             static_cast<std::size_t>(share * static_cast<double>(took.size())))];
    };
    constexpr double middle = 0.5;
    constexpr double nearly_all = 0.99;
    std::printf(
        "{\"crossings\": %d, \"reaction_p50_ms\": %.3f, \"reaction_p99_ms\": %.3f, "
        "\"flaps_per_s\": %.3f}\n",
        crossings,
        at(middle),
        at(nearly_all),
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
