// SPDX-License-Identifier: Apache-2.0
//
// resctrl: what a counter's file says, and the same as a person would see it decoded.

#include <array>

#include "agent/probes/resctrl/decode_resctrl.h"
#include "agent/probes/resctrl/mbm_text.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const std::string_view text = fuzz::as_text({bytes, size});
    const auto counted = parse_mbm(text);
    fuzz::require(counted.has_value() || !counted.error().text().empty());
    const std::array files{
        ResctrlFile{.path = "mon_L3_00/mbm_total_bytes", .text = std::string(text)},
        ResctrlFile{.path = "info/last_cmd_status", .text = std::string(text)},
        ResctrlFile{.path = std::string(text), .text = "1"}};
    const auto fields = decode_resctrl(files);
    fuzz::require(fields.size() >= 2);
    fuzz::require(fields.front().value.has_value() == counted.has_value());
    return 0;
}
