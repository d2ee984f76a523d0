// SPDX-License-Identifier: Apache-2.0
//
// Kept leases: the file that one agent leaves to the next. What is taken from it is within range,
// and is written again as it was read.

#include "agent/kept_leases.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const LeaseList list = parse_leases(fuzz::as_text({bytes, size}));
    fuzz::require(list.size() <= most_kept_leases);
    for (const auto& [number, lease] : list) {
        fuzz::require(number != 0 && lease.number == number);
        fuzz::require(lease.wish.want >= 1 && lease.wish.least <= lease.wish.want);
        fuzz::require(lease.wish.weight >= 1);
    }
    const std::string text = text_of(list);
    fuzz::require(text_of(parse_leases(text)) == text);
    return 0;
}
