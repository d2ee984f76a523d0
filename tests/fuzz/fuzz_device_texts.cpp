// SPDX-License-Identifier: Apache-2.0
//
// The texts of devices: what the kernel writes of links, packets, clients of DRM and nodes of KFD.
// Each input goes through every decoder; none of them looks at another's file on purpose, but a
// file may be something else than its name says.

#include <vector>

#include "agent/probes/decode/fdinfo.h"
#include "agent/probes/decode/kfd_properties.h"
#include "agent/probes/decode/pcie.h"
#include "tests/fuzz/decoded_fields.h"

namespace {

void require_sound(const penstock::Result<std::vector<penstock::DecodedField>>& fields) {
    using namespace penstock;
    if (!fields) {
        fuzz::require(!fields.error().message().empty());
        return;
    }
    fuzz::require_sound(*fields);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const std::string_view text = fuzz::as_text({bytes, size});
    require_sound(decode_pcie_bw_fields(text));
    require_sound(decode_fdinfo_fields(text));
    require_sound(decode_kfd_properties(text));
    fuzz::require(decode_lane_rate(text).value_or(1) > 0);
    fuzz::require(decode_link_width(text).value_or(1) > 0);
    return 0;
}
