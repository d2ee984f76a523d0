// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "agent/probes/calibration/canary_run.h"
#include "agent/probes/calibration/memory_plan.h"
#include "agent/probes/calibration/neighbours.h"
#include "agent/probes/calibration/peak_run.h"
#include "agent/probes/calibration/processors.h"
#include "agent/probes/calibration/real_bench.h"
#include "base/text.h"

namespace penstock::calibration {
namespace {

struct Site {
    std::vector<NodeCores> nodes{};
    CacheSizes caches{};
    std::uint64_t buffer_bytes = 0;
};

Result<Site> survey(Machine& machine) {
    const Result<std::vector<int>> allowed = allowed_processors();
    if (!allowed) {
        return std::unexpected(allowed.error());
    }
    const Result<std::uint64_t> available = available_memory(machine);
    if (!available) {
        return std::unexpected(available.error());
    }
    Site site{.nodes = cores_by_node(machine, *allowed),
              .caches = last_level_caches(machine, *allowed)};
    const Result<std::uint64_t> bytes = buffer_bytes_for(site.caches.together, *available);
    if (!bytes) {
        return fail(bytes.error(), "there is not enough memory to measure its peak");
    }
    site.buffer_bytes = *bytes;
    return site;
}

std::string kernel_release(Machine& machine) {
    const std::string text = machine.read("proc/sys/kernel/osrelease").value_or("unknown");
    return printable(trimmed(text));
}

std::string method_text(const PeakPlan& plan) {
    return fmt::format(
        "median of {} rounds of {} ms, one thread per core, {} reads, writes past the caches",
        plan.rounds,
        std::chrono::duration_cast<std::chrono::milliseconds>(plan.window).count(),
        offered_kernels().front().name);
}

// Why the canary can not be judged here; "" when it can.
std::string obstacle(const Site& site) {
    if (site.nodes.size() > 1) {
        return fmt::format(
            "the memory canary is for machines with one memory node; this one has {}",
            site.nodes.size());
    }
    if (site.nodes.front().processors.size() < 2) {
        return "the memory canary can not be judged on one core: nothing else could load the "
               "memory";
    }
    return "";
}

class Session {
  public:
    Session(Machine& machine, const CalibrateOrder& order, const Site& site)
        : machine_(machine), order_(order), site_(site) {
        found_.date = order.date;
        found_.kernel = kernel_release(machine);
        found_.processors = std::max(1U, processors_online(machine));
        found_.cache_bytes = last_level_caches(machine, {0}).largest;
        found_.buffer_bytes = site.buffer_bytes;
        found_.no_canary_because = obstacle(site);
    }

    Result<Calibration> run() {
        const Neighbours neighbours(machine_);
        for (const NodeCores& node : site_.nodes) {
            if (const Result<> measured = measure(node); !measured) {
                return std::unexpected(measured.error());
            }
        }
        constexpr double per_unit = 10'000;
        found_.others = std::ceil(neighbours.share() * per_unit) / per_unit;
        return std::move(found_);
    }

  private:
    Result<> measure(const NodeCores& node) {
        const auto nodes = static_cast<std::int64_t>(site_.nodes.size());
        const auto bench = RealBench::make({.processors = node.processors,
                                            .buffer_bytes = site_.buffer_bytes,
                                            .interrupted = order_.interrupted});
        if (!bench) {
            return std::unexpected(bench.error());
        }
        const PeakPlan plan = peak_plan(node.node, node.processors.size(), for_peak() / nodes);
        const Result<std::vector<PeakRow>> rows = measure_peaks(**bench, plan);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        found_.method = method_text(plan);
        found_.peaks.insert(found_.peaks.end(), rows->begin(), rows->end());
        return found_.no_canary_because.empty() ? judge_canary(**bench) : Result<>();
    }

    // With the load that moves most.
    Result<> judge_canary(RealBench& bench) {
        const Result<std::uint64_t> available = available_memory(machine_);
        const Result<std::uint64_t> bytes =
            available ? buffer_bytes_for(site_.caches.largest, *available) : available;
        const Result<> added =
            bytes ? bench.add_canary(machine_, *bytes) : std::unexpected(bytes.error());
        if (!added) {
            found_.no_canary_because =
                "the memory canary was not judged: " + printable(added.error().message(), 200);
            return {};
        }
        CanaryPlan plan = canary_plan(order_.length - for_peak());
        plan.buffer_bytes = *bytes;
        plan.load = best_peak(found_, site_.nodes.front().node).value_or(Peak{}).kind;
        const Result<CanaryTrial> trial = try_canary(bench, plan);
        if (!trial) {
            return std::unexpected(trial.error());
        }
        found_.canary = *trial;
        return {};
    }

    [[nodiscard]] Duration for_peak() const {
        constexpr std::int64_t fifths = 5;
        return order_.length / fifths * 2;
    }

    Machine& machine_;
    const CalibrateOrder& order_;
    const Site& site_;
    Calibration found_{};
};

}  // namespace

Result<Calibration> calibrate(Machine& machine, const CalibrateOrder& order) {
    const Result<Site> site = survey(machine);
    if (!site) {
        return std::unexpected(site.error());
    }
    return Session(machine, order, *site).run();
}

}  // namespace penstock::calibration
