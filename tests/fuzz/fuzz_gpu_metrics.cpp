// SPDX-License-Identifier: Apache-2.0
//
// gpu_metrics: a binary file whose format and size differ with every generation of hardware, and
// whose header says which it claims to be.

#include "agent/probes/gpu/gpu_metrics.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const Result<DramTraffic> traffic = decode_dram_traffic(fuzz::as_text({bytes, size}));
    fuzz::require(traffic.has_value() || !traffic.error().message().empty());
    return 0;
}
