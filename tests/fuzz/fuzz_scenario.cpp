// SPDX-License-Identifier: Apache-2.0
//
// Scenarios: a file that somebody was sent. What nothing was objected to can be run: every number
// is within its bounds, and every name leads somewhere.

#include <algorithm>

#include "policies/catalogue.h"
#include "sim/scenario_text.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

using namespace sim;

void check(const DeviceModel& device) {
    require(device.parts > 0 && device.launch_batch > 0);
    require(device.launch_threshold == 0 || device.launch_batch <= device.launch_threshold);
    require(device.launch.count() > 0 && device.wake.count() > 0);
    require(device.sampling.count() > 0);
}

void check(const JobModel& job, const Scenario& scenario) {
    require(job.device < scenario.devices.size());
    require(job.arrives_with < scenario.jobs.size() && job.portion > 0);
    require(job.kernels > 0 && job.kernel.mean.count() > 0 && job.arrivals.gap.count() > 0);
    require(job.streams > 0 && job.processes > 0 && job.processes <= most_processes);
    require(job.priority >= -20 && job.priority <= 20 && job.weight > 0);
}

void check(const Scenario& scenario) {
    require(!scenario.devices.empty() && scenario.devices.size() <= most_devices);
    require(!scenario.jobs.empty() && scenario.jobs.size() <= most_jobs);
    require(scenario.policies.size() <= most_policies);
    require(scenario.warm_up < scenario.duration && scenario.tick.count() > 0);
    std::ranges::for_each(scenario.devices, [](const DeviceModel& device) { check(device); });
    for (const JobModel& job : scenario.jobs) {
        check(job, scenario);
    }
    for (const PolicyModel& policy : scenario.policies) {
        require(make_policy(policy.base, policy.settings).has_value());
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    namespace fuzz = penstock::fuzz;
    const auto read = penstock::sim::parse_scenario("f", fuzz::as_text({bytes, size}));
    if (read.remarks.errors() == 0) {
        fuzz::check(read.scenario);
    }
    return 0;
}
