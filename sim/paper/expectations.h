// SPDX-License-Identifier: Apache-2.0
//
// Expectations: what the papers' experiments must come to, by arithmetic alone.
//
// Nothing here knows the simulator, its scenarios or the policies: each function is a closed
// formula over the numbers that an experiment is described by, so that a simulated figure and its
// band never come from the same code. Times are in microseconds, shares and slowdowns are plain
// numbers.

#pragma once

#include <cstdint>
#include <span>

namespace penstock::sim {

// What a result may be, both ends included.
struct Band {
    double least = 0;
    double most = 0;

    [[nodiscard]] bool holds(double value) const { return value >= least && value <= most; }
};

[[nodiscard]] Band at_most(double most);
[[nodiscard]] Band at_least(double least);
[[nodiscard]] Band within(double middle, double distance);

// What both allow.
[[nodiscard]] Band narrowed(Band one, Band other);

// Progressive launching: no more than `threshold` kernels of a stream are in flight, and after that
// many, launching goes on when `batch` of them have ended.
struct LaunchControl {
    double threshold = 8;
    double batch = 4;
    double kernel_us = 50;
};

struct Delays {
    double launch_us = 1;  // The processor's time for a kernel.
    double wake_us = 6;    // From a completion to whoever waits for it.
    double notice_us = 10;
    double order_us = 10;
};

// A job that comes every so often, with so much work of its own.
struct Visits {
    double work_us = 0;
    double period_us = 0;
};

// How long a device is empty each time that a stream has filled its threshold.
[[nodiscard]] double stall_us(LaunchControl control, Delays delays);

// The same beside the work between two such times.
[[nodiscard]] double launch_overhead(LaunchControl control, Delays delays);

// The least even threshold, refilled by halves, at which nothing stalls.
[[nodiscard]] double least_threshold(double kernel_us, Delays delays);

// The 99th percentile of how long one whose launches are held goes on running.
[[nodiscard]] Band yield_by_holding_launches(LaunchControl control, Delays delays);
// The same where only the kernel that has begun goes on, and where that one is saved.
[[nodiscard]] Band yield_by_deactivating(double kernel_us, Delays delays);
[[nodiscard]] Band yield_by_saving(double save_us, Delays delays);

// How much longer visits take when another has to leave first; `yield` counts from the order.
[[nodiscard]] Band slowdown_by_yielding(Band yield, Visits visits, Delays delays);

// Device time for the other: all that the visits leave, but for so much after each.
[[nodiscard]] Band share_beside(Visits visits, double lost_us);

// First come, first served: a visitor of so many kernels waits for all that is in flight before it.
[[nodiscard]] Band slowdown_first_come(double in_flight, double kernels, Visits visits);

// First come, first served, both with a bound: parts are as what each has in flight.
[[nodiscard]] double slowdown_by_bounds(double own, double other);

[[nodiscard]] double share_of_weight(double weight, std::span<const double> all);

// Changing turns takes a save and a restore, of which turns are at least a hundred times as long.
[[nodiscard]] double turn_overhead(double save_us, double restore_us, double quantum_us);

// A quantum after each wait of `aging_us` for each of `distance` steps of priority.
struct Aging {
    double aging_us = 0;
    double distance = 0;
    double quantum_us = 0;
};

[[nodiscard]] double share_by_aging(Aging aging);
[[nodiscard]] double longest_wait_by_aging_us(Aging aging, double waiters);

// Work and pause in turns, and somebody else in the pauses.
struct Pauses {
    double work_us = 0;
    double pause_us = 0;
};

// After each pause production waits for what the other has in flight: on average, of held launches,
// what is left of H after a batch at least; of kernels that have begun, any rest.
[[nodiscard]] Band wait_for_held_launches(LaunchControl control, Delays delays);
[[nodiscard]] Band wait_for_a_kernel(double kernel_us, Delays delays);

[[nodiscard]] Band production_beside_harvest(Pauses pauses, Band wait);
// `lost_us` is how long it takes at most until a pause is taken for one.
[[nodiscard]] Band harvested(Pauses pauses, Band wait, double lost_us);

// Classes of requests: how often each comes, and how much device time it takes.
struct RequestClass {
    double portion = 0;
    double work_us = 0;
};

// Of a device of which one request can fill one of so many parts.
[[nodiscard]] double offered_load(double per_second,
                                  std::span<const RequestClass> classes,
                                  double parts);

// Three standard deviations of that within so many seconds, when gaps are log-normal.
[[nodiscard]] double load_deviation(double per_second,
                                    std::span<const RequestClass> classes,
                                    double sigma,
                                    double seconds);

// Something that comes every so often and takes so much device time.
struct Demand {
    double work_ms = 0;
    double period_ms = 0;
};

[[nodiscard]] double demanded(Demand one, Demand other);

// Of a display that shows a frame each period, as long as all of them fit; otherwise one of two in
// a row is lost now and then, and no more.
[[nodiscard]] Band frame_gap(Demand video, bool fits);

// The part of the frames that find no time: what is above the whole device has to go; at most, when
// the other needs `margin` times its work, and to be done so long before the end of its period.
[[nodiscard]] Band frames_lost(Demand video, Demand other, double margin, double early_ms);

// (sum of x)^2 / (n x sum of x^2): 1 when all are equal.
[[nodiscard]] double jain_index(std::span<const double> parts);

}  // namespace penstock::sim
