// SPDX-License-Identifier: Apache-2.0
//
// Kept leases: the file that one agent leaves to the next. What is taken from it is within range,
// and is written again as it was read.

#include "agent/kept_leases.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

void check_leases(std::string_view kept) {
    const LeaseList list = parse_leases(kept);
    require(list.size() <= most_kept_leases);
    for (const auto& [number, lease] : list) {
        require(number != 0 && lease.number == number);
        require(lease.wish.want >= 1 && lease.wish.least <= lease.wish.want);
        require(lease.wish.weight >= 1);
    }
    const std::string text = text_of(list);
    require(text_of(parse_leases(text)) == text);
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    penstock::fuzz::check_leases(penstock::fuzz::as_text({bytes, size}));
    return 0;
}
