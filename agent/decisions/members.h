// SPDX-License-Identifier: Apache-2.0
//
// Members: the one table of what a record of decisions holds of each type, by the names that its
// lines use, in the order of the type's members.
//
// Each type is taken apart by a structured binding of so many names (tied_members.h), so that a
// member that is added to it does not compile until it has a name here: a replay that does not see
// all that a policy sees is no replay.

#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "policies/decision.h"
#include "policies/gate_wire.h"
#include "policies/guard.h"
#include "policies/policy_settings.h"
#include "policies/snapshot.h"

namespace penstock::decisions {

// Times end in their unit. A type without names is told as one value.
template <typename T>
inline constexpr std::array<std::string_view, 0> names_of{};

template <typename T>
concept Described = !names_of<std::remove_const_t<T>>.empty();

// What a sample measures is in the name of the member that holds it.
template <typename T>
inline constexpr std::array<std::string_view, 4> names_of<Sample<T>>{
    "value", "source", "confidence", "taken_ns"};

// Of owners, and of queues that were held one by one.
template <>
inline constexpr std::array<std::string_view, 8> names_of<Tenure>{"gpu",
                                                                  "suspended",
                                                                  "suspended_since_ns",
                                                                  "preemptions",
                                                                  "suspended_total_ns",
                                                                  "suspended_for",
                                                                  "resumed_for",
                                                                  "resumed_at_ns"};

// Of a queue, as its owner's process numbers them.
template <>
inline constexpr std::array<std::string_view, 3> names_of<QueueKey>{"owner", "gpu", "number"};

// Its pointers are claims of its owner, and change with every sample.
template <>
inline constexpr std::array<std::string_view, 7> names_of<Queue>{
    "key", "type", "ring_bytes", "written", "read", "held_until_ns", "alone"};

// Each a sample.
template <>
inline constexpr std::array<std::string_view, 9> names_of<OwnerUse>{"dram",
                                                                    "vram",
                                                                    "gtt",
                                                                    "gpu_share",
                                                                    "cpu_share",
                                                                    "compute_units",
                                                                    "energy",
                                                                    "progress",
                                                                    "progress_of_best"};

// What the process says of itself.
template <>
inline constexpr std::array<std::string_view, 4> names_of<Hints>{
    "unit", "phase", "batch", "next_bytes"};

// Texts.
template <>
inline constexpr std::array<std::string_view, 4> names_of<ProcessOrigin>{
    "executable", "control_group", "unit", "job"};

// "class" is a word of C++.
template <>
inline constexpr std::array<std::string_view, 26> names_of<Owner>{"id",
                                                                  "pid",
                                                                  "uid",
                                                                  "command",
                                                                  "origin",
                                                                  "started_ns",
                                                                  "priority",
                                                                  "priority_source",
                                                                  "preemptible",
                                                                  "preemptible_source",
                                                                  "weight",
                                                                  "class",
                                                                  "deadline_ns",
                                                                  "cost_ns",
                                                                  "dram_max",
                                                                  "weight_source",
                                                                  "class_source",
                                                                  "deadline_source",
                                                                  "cost_source",
                                                                  "dram_max_source",
                                                                  "level",
                                                                  "level_reason",
                                                                  "held_until_ns",
                                                                  "tenures",
                                                                  "use",
                                                                  "hints"};

// Each a sample.
template <>
inline constexpr std::array<std::string_view, 12> names_of<DeviceUse>{"pcie_received",
                                                                      "pcie_sent",
                                                                      "pcie_capacity",
                                                                      "vram",
                                                                      "vram_capacity",
                                                                      "gtt",
                                                                      "gtt_capacity",
                                                                      "busy",
                                                                      "temperature",
                                                                      "power",
                                                                      "energy",
                                                                      "resets"};

// What it is hardly changes; what is used of it does.
template <>
inline constexpr std::array<std::string_view, 10> names_of<Device>{"gpu",
                                                                   "name",
                                                                   "emulated",
                                                                   "apu",
                                                                   "scheduler",
                                                                   "compute_units",
                                                                   "one_debugged",
                                                                   "suspend_cost",
                                                                   "resume_cost",
                                                                   "use"};

// Of a memory node.
template <>
inline constexpr std::array<std::string_view, 7> names_of<Throttle>{
    "level", "cause", "since_ns", "utilization", "confidence", "target", "batch_scale"};

// All but the first two and the last are samples.
template <>
inline constexpr std::array<std::string_view, 14> names_of<MemoryNode>{"number",
                                                                       "emulated",
                                                                       "read",
                                                                       "written",
                                                                       "total",
                                                                       "cpu",
                                                                       "gpu",
                                                                       "io",
                                                                       "devices",
                                                                       "peak",
                                                                       "utilization",
                                                                       "pressure",
                                                                       "concurrency_gain",
                                                                       "throttle"};

// All but the number are samples.
template <>
inline constexpr std::array<std::string_view, 9> names_of<Package>{"number",
                                                                   "power",
                                                                   "energy",
                                                                   "cores_power",
                                                                   "memory_power",
                                                                   "graphics_power",
                                                                   "platform_power",
                                                                   "pcie_received",
                                                                   "pcie_sent"};

// Has no key, because the order of sources is their rank.
template <>
inline constexpr std::array<std::string_view, 3> names_of<SourceState>{
    "name", "standing", "reason"};

// The whole of what a policy knows.
template <>
inline constexpr std::array<std::string_view, 12> names_of<Snapshot>{"now_ns",
                                                                     "preemption_enabled",
                                                                     "dry_run",
                                                                     "devices",
                                                                     "memory",
                                                                     "packages",
                                                                     "unattributed_energy",
                                                                     "sources",
                                                                     "odd_readings",
                                                                     "owners",
                                                                     "queues",
                                                                     "ignored"};

// Of compute units.
template <>
inline constexpr std::array<std::string_view, 2> names_of<UnitRange>{"first", "count"};

// Only cooperating owners have any.
template <>
inline constexpr std::array<std::string_view, 2> names_of<Levers>{"queue_priority", "units"};

// Part of an owner's place.
template <>
inline constexpr std::array<std::string_view, 4> names_of<RankedOwner::Late>{
    "after_ns", "rank", "since_work", "lasts_ns"};

// Parts of a place too; 0 durations say that there is none.
template <>
inline constexpr std::array<std::string_view, 3> names_of<Steal>{"rank", "quantum_ns", "guard_ns"};

template <>
inline constexpr std::array<std::string_view, 3> names_of<Descent>{
    "allotment_ns", "levels", "rise_ns"};

template <>
inline constexpr std::array<std::string_view, 4> names_of<Budget>{
    "amount_ns", "period_ns", "rank", "hard"};

// A place in an order: the names are as in decision.h.
template <>
inline constexpr std::array<std::string_view, 16> names_of<RankedOwner>{"owner",
                                                                        "rank",
                                                                        "preemptible",
                                                                        "held_until_ns",
                                                                        "levers",
                                                                        "costs_device_time",
                                                                        "share",
                                                                        "quantum_ns",
                                                                        "deadline_ns",
                                                                        "cost_ns",
                                                                        "learns",
                                                                        "firm",
                                                                        "late",
                                                                        "steal",
                                                                        "descent",
                                                                        "budget"};

// Few, and told whole.
template <>
inline constexpr std::array<std::string_view, 3> names_of<HeldQueue>{"owner", "queue", "until_ns"};

// Of a decision, one for each device.
template <>
inline constexpr std::array<std::string_view, 11> names_of<DeviceOrder>{"gpu",
                                                                        "runners",
                                                                        "precedence",
                                                                        "domain",
                                                                        "settle_ns",
                                                                        "longest_suspension_ns",
                                                                        "run_window_ns",
                                                                        "suspension_interval_ns",
                                                                        "suspension_burst",
                                                                        "owners",
                                                                        "held_queues"};

// What the guard has left of it.
template <>
inline constexpr std::array<std::string_view, 1> names_of<Decision>{"orders"};

// What was recorded with a policy's name.
template <>
inline constexpr std::array<std::string_view, 8> names_of<PolicySettings>{
    "settle_ns", "quantum_ns", "aging_ns", "runners", "firm", "patience", "hard", "guard_ns"};

// What trims decisions.
template <>
inline constexpr std::array<std::string_view, 6> names_of<Guard::Limits>{"longest_suspension_ns",
                                                                         "shortest_run_window_ns",
                                                                         "longest_settle_ns",
                                                                         "shortest_quantum_ns",
                                                                         "longest_hold_ns",
                                                                         "device_time_share"};

// A line of its own, as is what follows from it in the next tick.
template <>
inline constexpr std::array<std::string_view, 13> names_of<wire::Acted>{"owner",
                                                                        "gpu",
                                                                        "verb",
                                                                        "reason",
                                                                        "error",
                                                                        "queue",
                                                                        "queues",
                                                                        "cause",
                                                                        "written",
                                                                        "seen_ns",
                                                                        "woken_ns",
                                                                        "entered_ns",
                                                                        "done_ns"};

// Lists whose items have a key: of these only changed items are told. They are sorted by it, and
// no key comes twice.
template <typename T>
struct Keyed;

// A partition of a device counts as one.
template <>
struct Keyed<Device> {
    static constexpr std::size_t most = 256;
    static constexpr auto key = &Device::gpu;
};

// More than any machine has, as of packages.
template <>
struct Keyed<MemoryNode> {
    static constexpr std::size_t most = 1024;
    static constexpr auto key = &MemoryNode::number;
};

template <>
struct Keyed<Package> {
    static constexpr std::size_t most = 1024;
    static constexpr auto key = &Package::number;
};

template <>
struct Keyed<Owner> {
    static constexpr std::size_t most = most_owners;
    static constexpr auto key = &Owner::id;
};

template <>
struct Keyed<Queue> {
    static constexpr std::size_t most = most_queues;
    static constexpr auto key = &Queue::key;
};

// An owner may use each device.
template <>
struct Keyed<Tenure> {
    static constexpr std::size_t most = 256;
    static constexpr auto key = &Tenure::gpu;
};

template <>
struct Keyed<DeviceOrder> {
    static constexpr std::size_t most = 256;
    static constexpr auto key = &DeviceOrder::gpu;
};

// Each owner may have queues on a device.
template <>
struct Keyed<RankedOwner> {
    static constexpr std::size_t most = most_owners;
    static constexpr auto key = &RankedOwner::owner;
};

template <typename T>
concept HasKey = requires { Keyed<T>::key; };

// The key is each such type's first member.
template <HasKey T>
constexpr std::string_view key_name = names_of<T>.front();

}  // namespace penstock::decisions
