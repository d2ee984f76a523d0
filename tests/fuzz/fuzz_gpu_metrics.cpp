// SPDX-License-Identifier: Apache-2.0
//
// gpu_metrics: a binary file whose format and size differ with every generation of hardware, and
// whose header says which it claims to be.

#include "agent/probes/decode/gpu_metrics.h"
#include "tests/fuzz/decoded_fields.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const std::string_view file = fuzz::as_text({bytes, size});
    const auto metrics = decode_gpu_metrics(file);
    const auto fields = decode_gpu_metrics_fields(file);
    fuzz::require(metrics.has_value() == fields.has_value());
    if (!metrics) {
        fuzz::require(!metrics.error().sentence().empty());
        return 0;
    }
    fuzz::require(metrics->busy.value.value_or(0) <= 1);
    fuzz::require_sound(*fields);
    return 0;
}
