// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "agent/probes/perf/perf_kinds.h"

namespace penstock::kinds {
namespace {

// AMD lists the package only, clients no memory, few machines the platform.
constexpr CountedEvent joules(std::string_view event, Quantity quantity) {
    return {.listed = event, .quantity = quantity, .unit = unit_from_sysfs, .optional = true};
}

constexpr std::array power_events{
    joules("energy-pkg", Quantity::energy_package),
    joules("energy-cores", Quantity::energy_cores),
    joules("energy-ram", Quantity::energy_memory),
    joules("energy-gpu", Quantity::energy_graphics),
    joules("energy-psys", Quantity::energy_platform),
};
constexpr std::array power_flavours{
    Flavour{.clue = {.file = "type"}, .origin = "perf's power", .events = power_events},
};

constexpr std::array tsc_events{
    CountedEvent{.listed = "tsc", .quantity = Quantity::tsc},
};
constexpr std::array tsc_flavours{
    Flavour{.clue = {.file = "events/tsc"}, .origin = "perf's msr", .events = tsc_events},
};

// The processor itself brings its energies up to date only once in a millisecond or more, and
// shorter intervals show that more than the load.
constexpr Duration unhurried = std::chrono::milliseconds(100);

}  // namespace

constinit const CounterKind power{.name = "power",
                                  .stem = "power",
                                  .place = Place::Kind::package,
                                  .flavours = power_flavours,
                                  .period = unhurried};

constinit const CounterKind msr{.name = "msr",
                                .stem = "msr",
                                .place = Place::Kind::machine,
                                .flavours = tsc_flavours,
                                .period = unhurried};

}  // namespace penstock::kinds
