// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/shared_memory.h"

#include <algorithm>
#include <utility>

#include "policies/leases/lease_names.h"
#include "sim/machine/warden.h"

namespace penstock::sim {
namespace {

constexpr double s_per_ns = 1e-9;
constexpr LeasePool pool{.kind = LeasePool::Kind::memory, .number = 0};

// Of a process that was granted so much, at most all that it can use.
std::int64_t pace_of(std::uint64_t granted, std::uint64_t rate) {
    const double part = static_cast<double>(granted) / static_cast<double>(rate);
    return static_cast<std::int64_t>(std::min(part, 1.0) * full_bus_speed);
}

}  // namespace

SharedMemory::SharedMemory(const Scenario& scenario,
                           std::vector<Accelerator>& accelerators,
                           const Workload& workload,
                           bool controlled)
    : scenario_(scenario),
      accelerators_(accelerators),
      workload_(workload),
      control_(controlled ? scenario.memory.control : MemoryControl::none) {
    ledger_.limit({.most = most_processes, .most_of_a_user = most_processes});
}

std::uint64_t SharedMemory::rate_of(std::uint32_t process) const {
    return scenario_.jobs[workload_.processes()[process].job].dram_rate;
}

double SharedMemory::moved_by(std::uint32_t process) const {
    const Accelerator& accelerator = accelerators_[workload_.device_of(process)];
    const Duration served = accelerator.service_of(workload_.processes()[process].owner);
    return static_cast<double>(rate_of(process)) * static_cast<double>(served.count()) * s_per_ns;
}

void SharedMemory::pace(std::uint32_t process, std::int64_t pace, TimePoint now) {
    const std::uint32_t owner = workload_.processes()[process].owner;
    accelerators_[workload_.device_of(process)].pace_memory(owner, pace, now);
}

void SharedMemory::settle(TimePoint now) {
    if (scenario_.memory.bus.peak == 0) {
        return;
    }
    if (control_ == MemoryControl::token) {
        pass_token(now);
    }
    std::uint64_t asked = 0;
    for (const Accelerator& accelerator : accelerators_) {
        asked += accelerator.dram_demand();
    }
    const std::int64_t speed = bus_speed(scenario_.memory.bus, asked);
    if (std::exchange(speed_, speed) != speed) {
        for (Accelerator& accelerator : accelerators_) {
            accelerator.serve_memory(speed, now);
        }
    }
}

// Who has to wait for the token gets nothing of the memory, though it is on its device.
void SharedMemory::pass_token(TimePoint now) {
    const std::vector<Workload::Process>& processes = workload_.processes();
    const std::optional<std::uint32_t> former = token_.holder();
    for (std::uint32_t number = 0; number < processes.size(); ++number) {
        if (rate_of(number) > 0) {
            token_.note(number,
                        accelerators_[workload_.device_of(number)].runs(processes[number].owner));
        }
    }
    if (former && former == token_.holder()) {
        return;
    }
    for (std::uint32_t number = 0; number < processes.size(); ++number) {
        pace(number, token_.holder() == number ? full_bus_speed : 0, now);
    }
}

// Everybody can do with less than he wants; critical ones share first.
void SharedMemory::enter_leases(TimePoint now) {
    ledger_.measure(pool, scenario_.memory.bus.peak, now);
    for (std::uint32_t number = 0; number < workload_.processes().size(); ++number) {
        const JobModel& job = scenario_.jobs[workload_.processes()[number].job];
        const LeaseWish wish{.pool = pool,
                             .party = {.pid = number + 1},
                             .lease_class = lease_class_of(job.service_class),
                             .weight = job.weight,
                             .want = job.dram_rate};
        const bool may = job.dram_rate > 0 && ledger_.bar(wish, false) == LeaseBar::none;
        leases_.push_back(may ? ledger_.enter(wish, TimePoint::max()) : LeaseId{});
        moved_.push_back(moved_by(number));
    }
}

void SharedMemory::grant(TimePoint now) {
    if (leases_.empty()) {
        enter_leases(now);
    }
    const double passed = static_cast<double>((now - granted_at_).count()) * s_per_ns;
    for (std::uint32_t number = 0; number < leases_.size(); ++number) {
        const double moved = moved_by(number);
        const double rate = (moved - std::exchange(moved_[number], moved)) / passed;
        if (granted_at_ != TimePoint{}) {
            ledger_.note_use(leases_[number], static_cast<std::uint64_t>(rate));
        }
        if (workload_.processes()[number].dead) {
            ledger_.release(leases_[number]);
        }
    }
    granted_at_ = now;
    ledger_.settle(now);
    for (std::uint32_t number = 0; number < leases_.size(); ++number) {
        const Lease* lease = ledger_.find(leases_[number].number);
        if (lease != nullptr && lease->id == leases_[number]) {
            pace(number, pace_of(lease->granted, rate_of(number)), now);
        }
    }
}

// As a memory controller counts, and as the driver counts the time of engines.
void SharedMemory::report_to(Readings& readings, TimePoint now) {
    if (scenario_.memory.bus.peak == 0) {
        return;
    }
    constexpr SourceId model{.kind = 1};
    const Testimony by{.origin = "the machine model",
                       .emulated = true,
                       .taken = now,
                       .valid_for = 2 * scenario_.tick};
    for (Accelerator& accelerator : accelerators_) {
        accelerator.serve_memory(speed_, now);
    }
    double bytes = 0;
    for (std::uint32_t number = 0; number < workload_.processes().size(); ++number) {
        const Workload::Process& process = workload_.processes()[number];
        const Duration served =
            accelerators_[workload_.device_of(number)].service_of(process.owner);
        bytes += moved_by(number);
        readings.counters.push_back({.subject = {.place = place_of(owner_of(number)),
                                                 .quantity = Quantity::gpu_time,
                                                 .source = model},
                                     .by = by,
                                     .count = static_cast<std::uint64_t>(served.count()),
                                     .unit = s_per_ns});
    }
    readings.counters.push_back(
        {.subject = {.place = memory_node(0), .quantity = Quantity::dram_total, .source = model},
         .by = by,
         .count = static_cast<std::uint64_t>(bytes)});
    readings.levels.push_back(
        {.subject = {.place = memory_node(0), .quantity = Quantity::dram_peak, .source = model},
         .by = by,
         .value = static_cast<double>(scenario_.memory.bus.peak)});
    if (control_ == MemoryControl::leases) {
        grant(now);
    }
}

}  // namespace penstock::sim
