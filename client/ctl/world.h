// SPDX-License-Identifier: Apache-2.0
//
// World: what the agent says of itself and the machine, in one answer. Unknown is absent, never 0.

#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "client/ctl/figure_view.h"

namespace penstock::ctl {

struct SourceView {
    std::string name{};
    std::string standing{};
    std::string reason{};
};

struct AgentView {
    std::string version{};
    std::string state{};
    std::string policy{};
    bool preemption_enabled = false;
    bool dry_run = false;
    std::vector<std::string> features{};
    std::vector<std::string> degraded_reasons{};
    std::uint32_t queues = 0;
    std::uint32_t queues_suspended = 0;
    std::vector<SourceView> sources{};
};

struct MemoryView {
    std::uint32_t node = 0;
    bool emulated = false;
    std::optional<std::uint64_t> read{};  // Bytes per second, as all rates here.
    std::optional<std::uint64_t> written{};
    std::optional<std::uint64_t> peak{};
    std::optional<double> utilization{};  // 0..1.
    std::string peak_source{};            // "" while the peak is unknown.
    std::string throttle_level{};         // As policies/throttle_names.h has it; "" is unknown.
    std::optional<double> batch_scale{};  // 0.25..1.
    std::vector<std::string> sources{};
    std::string unknown_reason{};
    std::vector<FigureView> figures{};  // All that is measured, also what has a member above.
};

struct GpuView {
    std::uint32_t gpu_id = 0;
    std::string name{};
    bool emulated = false;
    std::string scheduler{};
    std::optional<std::uint64_t> suspend_nsec{};  // What one suspension costs, and one resume.
    std::optional<std::uint64_t> resume_nsec{};
    std::optional<std::uint64_t> received{};
    std::optional<std::uint64_t> sent{};
    std::uint32_t queues = 0;
    std::vector<FigureView> figures{};
};

struct ProcessView {
    std::uint32_t pid = 0;
    std::uint32_t uid = 0;
    std::string command{};
    std::string executable{};  // "" is unknown, as of the next two.
    std::string control_group{};
    std::string job{};
    std::string unit{};
    std::int32_t priority = 0;
    std::string priority_source{};
    std::uint32_t weight = 100;
    std::string weight_source{};
    std::string service_class = "normal";
    std::string class_source{};
    Duration deadline{};  // 0: none.
    std::string deadline_source{};
    Duration cost{};  // 0: unknown.
    std::string cost_source{};
    std::uint64_t dram_max = unlimited.value;  // Bytes per second.
    std::string dram_max_source{};
    bool preemptible = true;
    std::string preemptible_source{};
    std::string state{};
    std::string level{};
    std::string level_reason{};
    std::uint32_t queues = 0;
    std::optional<double> occupancy{};  // 0..1.
    std::uint64_t preempted_usec = 0;
    std::uint64_t preemptions = 0;
    std::vector<FigureView> figures{};
};

struct PackageView {
    std::uint32_t number = 0;
    std::vector<FigureView> figures{};
};

struct World {
    AgentView agent{};
    std::vector<MemoryView> memory{};  // Sorted by their numbers, as the next three.
    std::vector<PackageView> packages{};
    std::vector<GpuView> gpus{};
    std::vector<ProcessView> processes{};
};

// `manager` is the answer of GetAll for org.penstock1.Manager, `objects` that of GetManagedObjects.
// A member that is missing or of another type counts as unknown: the agent may be another version.
[[nodiscard]] World world_from(const nlohmann::json& manager, const nlohmann::json& objects);

// Whether any figure comes from an emulated device.
[[nodiscard]] bool emulated(const World& world);

}  // namespace penstock::ctl
