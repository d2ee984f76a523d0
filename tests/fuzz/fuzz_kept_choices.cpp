// SPDX-License-Identifier: Apache-2.0
//
// Kept choices: the file that one agent leaves to the next. What is taken from it is within range,
// and is written again as it was read.

#include <algorithm>

#include "agent/kept_choices.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

bool is_printable(const std::string& text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char byte) { return byte > ' ' && byte < '\x7f'; });
}

void check(const Choices& choices) {
    require(choices != Choices{});
    each_term([&](const auto& term) {
        if (const auto& chosen = choices.*term.choice) {
            require(chosen->value >= term.least && chosen->value <= term.most);
            require(is_printable(chosen->source));
        }
    });
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const KeptList list = parse_kept(fuzz::as_text({bytes, size}));
    fuzz::require(list.size() <= most_kept);
    for (const auto& [process, choices] : list) {
        fuzz::check(choices);
    }
    fuzz::require(parse_kept(text_of(list)) == list);
    return 0;
}
