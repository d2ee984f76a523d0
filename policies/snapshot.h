// SPDX-License-Identifier: Apache-2.0
//
// Snapshot: everything a policy may know about the machine at one instant.
//
// A policy that needs another fact gets it by adding a field here and a probe that fills it, never
// by asking the system itself. A quantity that nobody could read is absent, never 0.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "policies/confidence.h"
#include "policies/origin.h"
#include "policies/reason.h"
#include "policies/ring.h"
#include "policies/throttle.h"

namespace penstock {

// KFD's gpu_id: names one device (one partition of it) in ioctls and in sysfs.
struct GpuId {
    std::uint32_t value = 0;
    auto operator<=>(const GpuId&) const = default;
};

// One incarnation of a process that created queues. Given by the agent and never reused, so that an
// order for a dead process can not reach the next one with its pid.
struct OwnerId {
    std::uint64_t value = 0;
    auto operator<=>(const OwnerId&) const = default;
};

// A KFD user-mode queue. The number is per process and reused after a destroy.
struct QueueKey {
    OwnerId owner{};
    GpuId gpu{};
    std::uint32_t number = 0;
    auto operator<=>(const QueueKey&) const = default;
};

// The rungs of the preemption ladder, best first (docs/safety.md says what each can do).
enum class PreemptionLevel : std::uint8_t {
    cooperative_save,
    debug_suspend,
    vendor_ioctl,
    process_evict,
    launch_limit,
    none,
};

// A measured quantity with its origin. Without a value it is unknown, and `source` says why.
template <typename T>
struct Sample {
    std::optional<T> value{};
    Origin source{};
    Confidence confidence = Confidence::counter;
    TimePoint taken{};
};

// What an owner has been through on one device.
struct Tenure {
    GpuId gpu{};
    bool suspended = false;
    TimePoint suspended_since{};  // Meaningful only while suspended.
    std::uint64_t preemptions = 0;
    Duration suspended_total{};  // Finished suspensions only.
    // As the gate reported the latest ones; nothing before there was one.
    std::optional<Reason> suspended_for{};
    std::optional<Reason> resumed_for{};
    TimePoint resumed_at{};  // Meaningful only with the reason.
};

struct Queue {
    QueueKey key{};
    QueueType type = QueueType::unknown;
    std::uint32_t ring_bytes = 0;  // Capacity; 0 when unknown.
    // Its pointers (ring.h says what they count), as last sampled from the owner's memory: claims
    // of the owner, not facts.
    std::optional<std::uint64_t> written{};
    std::optional<std::uint64_t> read{};
    std::optional<TimePoint> held_until{};  // An operator's preempt of this queue alone.
    Tenure alone{};  // What such holds have done to it, beside the suspensions of its owner.

    // Bytes of its ring that are written and not yet consumed. 0 is not idle: the last packet may
    // still execute.
    [[nodiscard]] std::optional<std::uint64_t> occupied_bytes() const {
        if (!written || !read) {
            return std::nullopt;
        }
        const auto waiting = waiting_in_ring(type, ring_bytes, *written, *read);
        return waiting ? std::optional(*waiting * pointer_unit(type)) : std::nullopt;
    }
};

// What an owner's process counts as its progress, by its own word.
enum class ProgressUnit : std::uint8_t { unknown, tokens, samples, steps, requests, frames };

// What its process is about to do, by its own word.
enum class WorkPhase : std::uint8_t { unknown, waiting, loading, prefill, decode, training };

// What a process says of itself on its hint page. Claims, within their ranges: they may count for
// the process' own standing, and for nobody else's.
struct Hints {
    ProgressUnit unit = ProgressUnit::unknown;
    WorkPhase phase = WorkPhase::unknown;
    std::uint32_t batch = 0;       // That it would take if it could; 0: unknown.
    std::uint64_t next_bytes = 0;  // That its next heavy operation will move; 0: unknown.
    bool operator==(const Hints&) const = default;
};

// What an owner uses of the machine, and what comes of it.
struct OwnerUse {
    Sample<BytesPerSecond>
        dram{};  // Through its processors' caches; a device's traffic is not in it.
    Sample<std::uint64_t> vram{};  // Bytes.
    Sample<std::uint64_t> gtt{};   // Bytes.
    Sample<double> gpu_share{};    // Engine time per time, over all devices: may exceed 1.
    Sample<double> cpu_share{};    // Processor time per time.
    Sample<double> compute_units{};
    // Joules since the owner appeared. The source names the counter and how it was split.
    Sample<double> energy{};
    // Units of its own progress per second, as its process counts them.
    Sample<double> progress{};
    // The same, smoothed, as a share of its best in the last minute: 1 as fast as ever. It tells
    // what a crowded memory costs also where nobody can count traffic; nobody is throttled by it.
    Sample<double> progress_of_best{.source = "its process reports no progress"};
};

// What kind of work an owner does, as it or its administrator says.
enum class ServiceClass : std::uint8_t {
    latency,  // Somebody waits for each answer.
    normal,
    batch,  // Its throughput counts.
    idle,   // Takes what nobody else wants.
};

// Where an owner's process comes from, as far as anybody may see it; "" is unknown. Untrusted, but
// printable() has been applied, and none is longer than `longest`.
struct ProcessOrigin {
    static constexpr std::size_t longest = 256;

    std::string executable{};  // Its path.
    std::string
        control_group{};  // Down to the unit; what the unit makes below it is its own affair.
    std::string unit{};   // The outermost one: "llm-7b.service".
    std::string job{};    // "4711", as whoever started it as a task of a job calls that.
    bool operator==(const ProcessOrigin&) const = default;
};

struct Owner {
    OwnerId id{};
    std::uint32_t pid = 0;
    std::uint32_t uid = 0;
    std::string command{};  // Untrusted; printable() has been applied.
    ProcessOrigin origin{};
    TimePoint started{};
    std::int32_t priority = 0;  // -20..20, higher runs sooner.
    // Who set it: "default", "rule:50-llm.conf", "job:4711", or "dbus:1000" with a uid.
    std::string priority_source = "default";
    bool preemptible = true;  // False: an administrator has exempted it, and nobody suspends it.
    std::string preemptible_source = "default";  // As the priority's.
    std::uint32_t weight = 100;  // 1..10000: its share beside others', as of cgroup's cpu.weight.
    ServiceClass service_class = ServiceClass::normal;
    Duration deadline{};  // For each piece of work, from when it gets it; 0: none.
    Duration cost{};      // Device time of each piece of work; 0: unknown.
    // Of a memory's bandwidth, it may have so much at most, leases included.
    BytesPerSecond dram_max = unlimited;
    // Each of these five is chosen by itself, as the priority is.
    std::string weight_source = "default";
    std::string class_source = "default";
    std::string deadline_source = "default";
    std::string cost_source = "default";
    std::string dram_max_source = "default";
    PreemptionLevel level = PreemptionLevel::none;
    std::string level_reason{};             // Why this rung and not a better one; "" while unknown.
    std::optional<TimePoint> held_until{};  // An operator's preempt: suspended until then.
    std::vector<Tenure> tenures{};          // One per device on which it has queues.
    OwnerUse use{};
    Hints hints{};
};

// What puts queues on a device, and with it, whom a suspension concerns.
enum class DeviceScheduler : std::uint8_t {
    unknown,
    none,  // The driver itself: it cannot suspend single queues.
    hws,   // Firmware with one runlist (gfx9, gfx10): each suspension reloads everybody's queues.
    mes,   // Firmware that takes queues one by one (gfx11 and later).
};

// What is used of a device.
struct DeviceUse {
    Sample<BytesPerSecond> pcie_received{};
    Sample<BytesPerSecond> pcie_sent{};
    Sample<BytesPerSecond> pcie_capacity{};  // In one direction, as the link was negotiated.
    Sample<std::uint64_t> vram{};            // Bytes, as the next three.
    Sample<std::uint64_t> vram_capacity{};
    Sample<std::uint64_t> gtt{};
    Sample<std::uint64_t> gtt_capacity{};
    Sample<double> busy{};         // Share of time, 0..1.
    Sample<double> temperature{};  // Degrees Celsius.
    Sample<double> power{};        // Watts. An APU's contains its processor cores.
    Sample<double> energy{};       // Joules since the agent started.
    Sample<std::uint64_t> resets{};
};

struct Device {
    GpuId gpu{};
    std::string name{};  // "gfx942".
    bool emulated = false;
    bool apu = false;  // Its memory is the machine's, and its power that of the processor too.
    DeviceScheduler scheduler = DeviceScheduler::unknown;
    std::uint32_t compute_units = 0;  // 0 when unknown.
    bool one_debugged = false;  // Only one process at a time can be on the debug-suspend rung.
    // Time that one suspend (resume) of one owner usually takes the driver, as measured so far.
    Sample<Duration> suspend_cost{};
    Sample<Duration> resume_cost{};
    DeviceUse use{};
};

// DRAM traffic of one memory node.
struct MemoryNode {
    std::uint32_t number = 0;
    bool emulated = false;
    Sample<BytesPerSecond> read{};
    Sample<BytesPerSecond> written{};
    Sample<BytesPerSecond> total{};
    // By who asked for it; `devices` are GPU and IO together.
    Sample<BytesPerSecond> cpu{};
    Sample<BytesPerSecond> gpu{};
    Sample<BytesPerSecond> io{};
    Sample<BytesPerSecond> devices{};
    Sample<BytesPerSecond> peak{};
    Sample<double> utilization{};  // Of the peak; above 1 when that is too low.
    Sample<double> pressure{};     // Where nothing counts: 0 as calibrated alone, 1 as saturated.
    // What many cores at once move, as a multiple of what one of them does: as calibrated.
    Sample<double> concurrency_gain{};
    Throttle throttle{};  // What it asks of those who use it.
};

// A processor package (a socket): its power in watts, its energy in joules since the agent started.
struct Package {
    std::uint32_t number = 0;
    Sample<double> power{};
    Sample<double> energy{};
    Sample<double> cores_power{};  // Part of the package's, as the next two.
    Sample<double> memory_power{};
    Sample<double> graphics_power{};
    Sample<double> platform_power{};  // The whole machine's.
    // Over PCIe, as its devices see it.
    Sample<BytesPerSecond> pcie_received{};
    Sample<BytesPerSecond> pcie_sent{};
};

// How a source of measurements stands on this machine.
enum class Standing : std::uint8_t { available, absent, later };

struct SourceState {
    std::string name{};
    Standing standing = Standing::absent;
    std::string reason{};  // What it measures, or why not.
    bool operator==(const SourceState&) const = default;
};

// What comes beyond these is counted in Snapshot::ignored and runs as if Penstock were not there.
inline constexpr std::size_t most_owners = 4096;
inline constexpr std::size_t most_queues = 16384;

struct Snapshot {
    TimePoint now{};
    bool preemption_enabled = true;
    bool dry_run = false;  // Decisions are made, and not carried out.
    std::vector<Device> devices{};
    std::vector<MemoryNode> memory{};  // Sorted by number, as the packages.
    std::vector<Package> packages{};
    Sample<double> unattributed_energy{};  // Joules that nobody's work accounts for: mostly idling.
    std::vector<SourceState> sources{};    // In order of preference.
    std::uint64_t odd_readings = 0;  // Counters that ran backwards, absurd values and the like.
    std::vector<Owner> owners{};     // Sorted by id.
    std::vector<Queue> queues{};     // Sorted by key.
    std::uint64_t ignored = 0;  // Owners and queues left out so far, because there are too many.
};

}  // namespace penstock
