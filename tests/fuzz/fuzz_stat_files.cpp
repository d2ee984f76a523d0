// SPDX-License-Identifier: Apache-2.0
//
// Stat files of /proc: a process', which carries a name that the process has chosen, and the
// machine's.

#include "agent/probes/energy/cpu_ticks.h"
#include "agent/probes/pressure/kernel_counts.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    namespace fuzz = penstock::fuzz;
    const std::string_view text = fuzz::as_text({bytes, size});
    const auto ticks = penstock::ticks_of_process(text);
    fuzz::require(!ticks || *ticks <= std::uint64_t{1} << 49U);
    const auto stolen = penstock::stolen_ticks(text);
    fuzz::require(stolen || !stolen.error().text().empty());
    // One line tells all three, or none.
    fuzz::require(penstock::busy_ticks(text).has_value() == stolen.has_value());
    fuzz::require(penstock::idle_ticks(text).has_value() == stolen.has_value());
    return 0;
}
