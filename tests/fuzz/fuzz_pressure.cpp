// SPDX-License-Identifier: Apache-2.0
//
// Pressure: a file of /proc/pressure.

#include "agent/probes/pressure/kernel_counts.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const auto total = stalled_us(fuzz::as_text({bytes, size}));
    fuzz::require(total || !total.error().text().empty());
    return 0;
}
