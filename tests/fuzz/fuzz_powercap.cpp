// SPDX-License-Identifier: Apache-2.0
//
// Powercap: a zone's name on the first line, its range on the second, then what it counted, line by
// line. The sum must never fall, whatever the lines say, and never grow faster than it may.

#include "agent/probes/energy/powercap_zone.h"
#include "base/text.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    constexpr std::uint64_t most = 1'000'000'000;
    const auto lines = split(fuzz::as_text({bytes, size}), '\n');
    static_cast<void>(parse_zone(lines.front()));
    static_cast<void>(energy_of(lines.front()));
    const auto range = lines.size() > 1 ? parse_number<std::uint64_t>(lines[1]) : std::nullopt;
    auto count = EnergyCount::with_range(range.value_or(0));
    std::uint64_t before = 0;
    for (std::size_t line = 2; count && line < lines.size(); ++line) {
        const auto sum = count->advance(parse_number<std::uint64_t>(lines[line]).value_or(0), most);
        fuzz::require(!sum || (*sum >= before && *sum - before <= most));
        before = sum.value_or(before);
    }
    return 0;
}
