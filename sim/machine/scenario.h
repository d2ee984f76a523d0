// SPDX-License-Identifier: Apache-2.0
//
// Scenario: what is simulated: devices, the jobs that use them, and who decides.
//
// It is data only; docs/simulation.md says what each field is called in a file.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/shared_bus.h"
#include "policies/guard.h"
#include "policies/policy_settings.h"
#include "policies/snapshot.h"

namespace penstock::sim {

// How packets of several owners share a device.
enum class Sharing : std::uint8_t {
    processor,   // All at once: each of n owners gets one nth, and its queues equal parts of it.
    first_come,  // One packet at a time, in the order in which they were launched.
};

// What a suspension takes away, by the words of the literature.
enum class Reach : std::uint8_t {
    launches,   // Lv1: nothing more is launched, and what is in flight still runs.
    unstarted,  // Lv2: of that, only the packet that has begun still runs.
    running,    // Lv3: that one is saved, too.
};

struct DeviceModel {
    std::string name{};
    Sharing sharing = Sharing::processor;
    std::uint32_t parts = 1;  // Of processor sharing: what one owner can fill is one of them.
    PreemptionLevel level = PreemptionLevel::debug_suspend;
    Reach reach = Reach::running;
    DeviceScheduler scheduler = DeviceScheduler::hws;
    bool apu = false;  // Its memory is the machine's.
    // A stream has no more packets in flight than the threshold, and having reached it, launches
    // again when a batch of them has ended. 0: as many as its ring has room for.
    std::uint32_t launch_threshold = 0;
    std::uint32_t launch_batch = 1;
    Duration launch{std::chrono::microseconds(1)};   // The processor's time for each packet.
    Duration wake{std::chrono::microseconds(6)};     // From a completion to who waits for it.
    Duration notice{std::chrono::microseconds(10)};  // From a pointer's move to the gate.
    Duration order{std::chrono::microseconds(10)};   // From the gate to the effect.
    Duration save{std::chrono::microseconds(100)};   // For what runs; counts with Reach::running.
    Duration restore{std::chrono::microseconds(100)};
    Duration sampling{std::chrono::milliseconds(1)};  // As the gate looks at queues (desk.h).
};

// A random length of time.
struct Law {
    enum class Shape : std::uint8_t { constant, exponential, lognormal };

    Shape shape = Shape::constant;
    Duration mean{std::chrono::microseconds(100)};
    double sigma = 1;  // Of lognormal ones.
};

// When requests arrive.
struct Arrivals {
    enum class Kind : std::uint8_t { closed, periodic, poisson, gamma, lognormal, on_off, listed };

    Kind kind = Kind::closed;
    std::uint32_t depth = 1;  // Closed: requests of each stream that are under way at any time.
    Duration think{};         // Closed: from the end of a request until the next one is made.
    Duration gap{std::chrono::milliseconds(10)};  // On average; within an on time, of on_off.
    Duration jitter{};     // Periodic: each is up to so much earlier or later.
    double variation = 1;  // Gamma: deviation of the gaps for their mean.
    double sigma = 2;      // Lognormal.
    Duration on{std::chrono::milliseconds(100)};  // On average, as the next.
    Duration off{std::chrono::milliseconds(100)};
    bool drops = false;  // Not closed: what arrives before the previous one is done is lost.
    // Listed: when, from the start, in order. It is not owned, and outlives the run.
    std::span<const Duration> times{};
};

struct JobModel {
    std::string name{};
    std::size_t device = 0;
    std::int32_t priority = 0;
    std::uint32_t weight = 100;
    ServiceClass service_class = ServiceClass::normal;
    Duration deadline{};
    Duration cost{};  // As its programs declare it; 0: they do not.
    Law kernel{};
    std::uint32_t kernels = 1;  // Of each request.
    // Bytes per second of DRAM traffic while its packets have the whole device; 0: what they need
    // is in caches, and a busy memory does not slow them down.
    std::uint64_t dram_rate = 0;
    Arrivals arrivals{};
    std::uint32_t streams = 1;    // Of each process.
    std::uint32_t processes = 1;  // A request goes to the one that has the least to do.
    // Its requests are a part of those that arrive for that job (itself, where it is not a mix), at
    // random, by the portions of all that do so.
    std::size_t arrives_with = 0;
    double portion = 1;
    Duration ends{};     // Its processes are killed after so much time; 0: never.
    bool muted = false;  // It makes no requests, so that others are seen without it.
};

// A policy under a name of the scenario's, with settings of its own.
struct PolicyModel {
    std::string name{};
    std::string base{};  // In the catalogue.
    PolicySettings settings{};
};

// Which of many machines with the same scenario gets a request.
enum class Spread : std::uint8_t {
    least_loaded,   // The one with the least work, as far as who spreads requests knows.
    random_of_two,  // Of two drawn at random, the one with less.
};

// Machines that are each as the scenario has it, under one stream of arrivals.
struct FleetModel {
    std::uint32_t nodes = 1;
    Spread spread = Spread::least_loaded;
};

// Everything is bounded, whatever a file asks for.
inline constexpr std::size_t most_devices = 64;
inline constexpr std::size_t most_jobs = 256;
inline constexpr std::size_t most_policies = 32;
inline constexpr std::uint32_t most_processes = 4096;  // Of all jobs.
inline constexpr std::uint32_t most_streams = 16384;   // Of all processes.
inline constexpr std::uint32_t most_nodes = 10'000;

// What bounds the traffic of processes; nothing does where Penstock is not installed.
enum class MemoryControl : std::uint8_t {
    none,
    token,   // One process at a time moves anything, in the order in which they got work.
    leases,  // Each holds a lease of what it can use, and keeps to it; its class is that of the
             // job.
};

// The machine's memory, which all devices share.
struct MemoryModel {
    SharedBus bus{};
    MemoryControl control = MemoryControl::none;
};

struct Scenario {
    Duration duration{std::chrono::seconds(10)};
    Duration warm_up{std::chrono::seconds(1)};  // Not measured; part of the duration.
    std::uint64_t seed = 1;
    Duration tick{std::chrono::milliseconds(10)};
    Guard::Limits limits{};
    std::vector<DeviceModel> devices{};
    std::vector<JobModel> jobs{};
    std::vector<PolicyModel> policies{};
    FleetModel fleet{};
    MemoryModel memory{};
};

}  // namespace penstock::sim
