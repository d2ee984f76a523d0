// SPDX-License-Identifier: Apache-2.0
//
// XSched is "XSched: Preemptive Scheduling for Diverse XPUs" (OSDI 2025).

#include "sim/paper/expectations.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace penstock::sim {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

// Quantiles are read from classes a thousandth of their value wide.
constexpr double precision = 1.001;

double sum(std::span<const double> parts) {
    return std::accumulate(parts.begin(), parts.end(), 0.0);
}

}  // namespace

Band at_most(double most) {
    return {.least = -unbounded, .most = most};
}

Band at_least(double least) {
    return {.least = least, .most = unbounded};
}

Band within(double middle, double distance) {
    return {.least = middle - distance, .most = middle + distance};
}

Band narrowed(Band one, Band other) {
    return {.least = std::max(one.least, other.least), .most = std::min(one.most, other.most)};
}

// XSched, 4.2: the device is empty when what was in flight at the wake-up's cause, H - B kernels,
// is over before the woken one has launched.
double stall_us(LaunchControl control, Delays delays) {
    const double covered = (control.threshold - control.batch) * control.kernel_us;
    return std::max(0.0, delays.wake_us + delays.launch_us - covered);
}

// A stream that has stalled launches all H again before it waits.
double launch_overhead(LaunchControl control, Delays delays) {
    return stall_us(control, delays) / (control.threshold * control.kernel_us);
}

// (H - B) T >= wake + launch with B = H / 2.
double least_threshold(double kernel_us, Delays delays) {
    return 2 * std::ceil((delays.wake_us + delays.launch_us) / kernel_us);
}

// XSched, Fig. 11 b: about H x T. Of H in flight one is already running.
Band yield_by_holding_launches(LaunchControl control, Delays delays) {
    const double least = (control.threshold - 1) * control.kernel_us;
    const double most = (control.threshold * control.kernel_us) + delays.order_us;
    return {.least = least, .most = most * precision};
}

// Who comes at any time finds a uniform rest of a kernel: its 99th percentile is 0.99 T.
Band yield_by_deactivating(double kernel_us, Delays delays) {
    constexpr double sampled = 0.96;  // Of T, from about a thousand samples.
    return {.least = (sampled * kernel_us) + delays.order_us,
            .most = (kernel_us + delays.order_us) * precision};
}

Band yield_by_saving(double save_us, Delays delays) {
    const double all = save_us + delays.order_us;
    return {.least = all / precision, .most = all * precision};
}

// The wait begins with the first launch, which the gate has to notice.
Band slowdown_by_yielding(Band yield, Visits visits, Delays delays) {
    const double most = yield.most + delays.notice_us + delays.launch_us;
    return {.least = (1 + (yield.least / visits.work_us)) / precision,
            .most = (1 + (most / visits.work_us)) * precision};
}

Band share_beside(Visits visits, double lost_us) {
    return {.least = 1 - ((visits.work_us + lost_us) / visits.period_us),
            .most = (1 - (visits.work_us / visits.period_us)) * precision};
}

// Latency is the length of the queue behind which a visit's last kernel stands: that of the others,
// its own, and those of earlier visits that are still there. k visits are under way when all
// of them together are over within k periods.
Band slowdown_first_come(double in_flight, double kernels, Visits visits) {
    constexpr int most_under_way = 1000;
    const double kernel_us = visits.work_us / kernels;
    int under_way = 1;
    const auto latency = [&](int visits_there) {
        return (in_flight + (visits_there * kernels)) * kernel_us;
    };
    while (under_way < most_under_way && latency(under_way) > under_way * visits.period_us) {
        ++under_way;
    }
    constexpr double tolerance = 0.02;
    return {.least = (1 - tolerance) * latency(under_way - 1) / visits.work_us,
            .most = (1 + tolerance) * latency(under_way) / visits.work_us};
}

double slowdown_by_bounds(double own, double other) {
    return (own + other) / own;
}

// Stride scheduling (Waldspurger and Weihl, 1995): service is as the tickets.
double share_of_weight(double weight, std::span<const double> all) {
    return weight / sum(all);
}

double turn_overhead(double save_us, double restore_us, double quantum_us) {
    const double change = save_us + restore_us;
    constexpr double turns_per_change = 100;
    return change / std::max(quantum_us, turns_per_change * change);
}

// One quantum in each wait and quantum.
double share_by_aging(Aging aging) {
    return aging.quantum_us / ((aging.aging_us * aging.distance) + aging.quantum_us);
}

double longest_wait_by_aging_us(Aging aging, double waiters) {
    return (aging.aging_us * aging.distance) + (aging.quantum_us * waiters);
}

Band wait_for_held_launches(LaunchControl control, Delays delays) {
    const double around = delays.notice_us + delays.order_us + delays.launch_us + delays.wake_us;
    return {.least = (control.threshold - control.batch) * control.kernel_us,
            .most = (control.threshold * control.kernel_us) + around};
}

Band wait_for_a_kernel(double kernel_us, Delays delays) {
    const double around = delays.notice_us + delays.order_us + delays.launch_us + delays.wake_us;
    return {.least = 0, .most = kernel_us + around};
}

// As many steps as fit, when each takes so much longer.
Band production_beside_harvest(Pauses pauses, Band wait) {
    const double alone = pauses.work_us + pauses.pause_us;
    return {.least = alone / (alone + wait.most), .most = alone / (alone + wait.least)};
}

// A pause, less the time to see it, and what production waits for.
Band harvested(Pauses pauses, Band wait, double lost_us) {
    const double alone = pauses.work_us + pauses.pause_us;
    return {.least = std::max(0.0, pauses.pause_us - lost_us) / (alone + wait.most),
            .most = (pauses.pause_us + wait.most) / (alone + wait.most)};
}

double offered_load(double per_second, std::span<const RequestClass> classes, double parts) {
    double work_us = 0;
    double portions = 0;
    for (const RequestClass& each : classes) {
        work_us += each.portion * each.work_us;
        portions += each.portion;
    }
    constexpr double us_per_s = 1e6;
    return per_second * work_us / portions / us_per_s / parts;
}

// The sum of N works of which each has the mean m and the deviation s, N varying by its gaps' as a
// renewal process does: relative variance (exp(sigma^2) - 1 + s^2 / m^2) / N.
double load_deviation(double per_second,
                      std::span<const RequestClass> classes,
                      double sigma,
                      double seconds) {
    double portions = 0;
    double first = 0;
    double second = 0;
    for (const RequestClass& each : classes) {
        portions += each.portion;
        first += each.portion * each.work_us;
        second += each.portion * each.work_us * each.work_us;
    }
    const double mean = first / portions;
    const double of_work = (second / portions / (mean * mean)) - 1;
    const double of_gaps = std::exp(sigma * sigma) - 1;
    return 3 * std::sqrt((of_work + of_gaps) / (per_second * seconds));
}

// Liu and Layland, 1973: what is above 1 can not be had.
double demanded(Demand one, Demand other) {
    return (one.work_ms / one.period_ms) + (other.work_ms / other.period_ms);
}

// XSched's own bound in Fig. 14, and ours where no frame has to be lost.
Band frame_gap(Demand video, bool fits) {
    constexpr double late_ms = 5;
    constexpr double paper_ms = 95;
    return {.least = video.work_ms, .most = fits ? video.period_ms + late_ms : paper_ms};
}

Band frames_lost(Demand video, Demand other, double margin, double early_ms) {
    if (demanded(video, other) <= 1) {
        return {};
    }
    const auto lost_beside = [&](double share) {
        return 1 - ((1 - share) * video.period_ms / video.work_ms);
    };
    return {.least = lost_beside(other.work_ms / other.period_ms),
            .most = lost_beside(margin * other.work_ms / (other.period_ms - early_ms))};
}

// Jain, Chiu and Hawe, 1984.
double jain_index(std::span<const double> parts) {
    const double all = sum(parts);
    const double squares = std::inner_product(parts.begin(), parts.end(), parts.begin(), 0.0);
    return all * all / (static_cast<double>(parts.size()) * squares);
}

}  // namespace penstock::sim
