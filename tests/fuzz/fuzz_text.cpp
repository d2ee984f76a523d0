// SPDX-License-Identifier: Apache-2.0
//
// Text: sysfs, /proc and names of other users' programs, cut apart and printed safely. The first
// line of the input is the key to look for, the rest the file.

#include <algorithm>

#include "base/text.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

bool lies_within(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_split(std::string_view text) {
    std::size_t joined = 0;
    for (const std::string_view part : split(text, '\n')) {
        require(lies_within(part, text));
        joined += part.size() + 1;
    }
    require(joined == text.size() + 1);
}

void check_numbers(std::string_view text) {
    if (const auto number = parse_number<std::uint64_t>(text)) {
        // Strict: it may only differ from its shortest form by leading zeros.
        const std::string_view digits =
            text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
        require(std::to_string(*number) == digits);
    }
    if (const auto number = parse_number<std::int32_t>(text, 16)) {
        require(!text.empty());
    }
}

void check_printable(std::string_view text) {
    constexpr std::size_t limit = 64;
    const std::string safe = printable(text, limit);
    require(safe.size() == std::min(text.size(), limit));
    require(std::ranges::all_of(safe, [](char c) { return c >= ' ' && c <= '~'; }));
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const std::string_view text = fuzz::as_text({bytes, size});
    fuzz::require(fuzz::lies_within(trimmed(text), text));
    fuzz::check_split(text);
    fuzz::check_printable(text);
    for (const std::string_view line : split(text, '\n')) {
        fuzz::check_numbers(line);
    }
    if (const auto value = value_of(text, split(text, '\n').front())) {
        fuzz::require(fuzz::lies_within(*value, text));
    }
    return 0;
}
