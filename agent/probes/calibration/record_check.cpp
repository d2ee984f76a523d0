// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/record_check.h"

#include <fmt/format.h>

#include <cerrno>

#include "agent/probes/calibration/calibration_file.h"
#include "agent/probes/calibration/memory_plan.h"
#include "agent/probes/calibration/processors.h"

namespace penstock::calibration {
namespace {

// What sysfs does not tell differs from nothing.
std::string difference(Machine& machine, const Calibration& calibration) {
    const std::uint32_t processors = processors_online(machine);
    if (processors != 0 && processors != calibration.processors) {
        return fmt::format("it was made with {} processors, and this machine has {}",
                           calibration.processors,
                           processors);
    }
    const std::uint64_t cache = last_level_caches(machine, {0}).largest;
    if (cache != 0 && calibration.cache_bytes != 0 && cache != calibration.cache_bytes) {
        return fmt::format("it was made with a cache of {}, and this machine's has {}",
                           mebibytes_text(calibration.cache_bytes),
                           mebibytes_text(cache));
    }
    return "";
}

}  // namespace

std::expected<Calibration, std::string> usable_record(Machine& machine,
                                                      const Surroundings& around,
                                                      const std::string& path) {
    if (path.empty()) {
        return std::unexpected("no calibration file is configured: penstockd --calibration FILE");
    }
    if (around.emulated) {
        return std::unexpected(
            "the traffic is an emulator's, and calibration measured this machine");
    }
    Result<Calibration> found = load_calibration(path);
    if (!found) {
        return std::unexpected(found.error().code == ENOENT
                                   ? "not calibrated: penstockctl calibrate"
                                   : found.error().message() + ": repeat penstockctl calibrate");
    }
    if (const std::string other = difference(machine, *found); !other.empty()) {
        return std::unexpected(fmt::format(
            "the calibration in {} is another machine's: {}: repeat penstockctl calibrate",
            path,
            other));
    }
    return *std::move(found);
}

}  // namespace penstock::calibration
