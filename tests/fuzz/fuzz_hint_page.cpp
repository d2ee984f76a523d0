// SPDX-License-Identifier: Apache-2.0
//
// Hint page: memory that a process writes as it likes. What is taken from it is within range.

#include <algorithm>
#include <span>

#include "agent/probes/hints/hint_page.h"
#include "client/libpenstock/include/penstock/hint.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    namespace fuzz = penstock::fuzz;
    penstock_hint_page page{};
    const std::size_t given = std::min(size, sizeof(page));
    std::ranges::copy(std::span(bytes, given), reinterpret_cast<std::uint8_t*>(&page));
    const penstock::HintPage::Report said = penstock::report_in(page);
    fuzz::require(said.progress == page.progress);
    fuzz::require(said.hints.unit <= penstock::ProgressUnit::frames);
    fuzz::require(said.hints.phase <= penstock::WorkPhase::training);
    fuzz::require(said.hints.batch <= PENSTOCK_HINT_MOST_BATCH);
    fuzz::require(said.hints.next_bytes <= PENSTOCK_HINT_MOST_BYTES);
    return 0;
}
