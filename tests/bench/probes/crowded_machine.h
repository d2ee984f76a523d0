// SPDX-License-Identifier: Apache-2.0
//
// Crowded machine: two processor packages with 32 memory controllers each, eight accelerators and
// 256 queues, as files of a folder of its own; real sources read them.
//
// Counters are files too: a perf group costs its read(2), as the kernel's do.

#pragma once

#include <memory>
#include <string>

#include "agent/loop/control_loop.h"
#include "agent/machine_probes.h"
#include "agent/probes/real_machine.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock::bench {

inline constexpr std::uint32_t crowded_boxes = 32;
inline constexpr std::uint32_t crowded_packages = 2;
inline constexpr std::uint32_t crowded_devices = 8;
inline constexpr std::uint32_t crowded_owners = 64;
inline constexpr std::uint32_t crowded_queues = 256;

class CrowdedMachine {
  public:
    // `gpu_metrics` is what each accelerator's file holds.
    explicit CrowdedMachine(const std::string& gpu_metrics);

    [[nodiscard]] std::shared_ptr<Machine> machine() const;
    [[nodiscard]] Surroundings surroundings() const;

    // Devices, owners and queues, as if they had just appeared.
    void populate(MachineProbes& probes) const;

    // What the gate would tell of every queue, with pointers that have moved on by `step`.
    [[nodiscard]] static wire::FromGate samples(std::uint64_t step);

  private:
    void write_controllers(std::uint32_t box);
    void write_device(std::uint32_t device, const std::string& gpu_metrics);

    fakes::ScratchTree tree_;
};

// How many perf groups have been opened on it so far, in this program.
[[nodiscard]] std::uint32_t crowded_groups_opened();

}  // namespace penstock::bench
