// SPDX-License-Identifier: Apache-2.0
//
// Hint page: what one process says of itself, as the agent reads it
// (client/libpenstock/include/penstock/hint.h is the contract).
//
// The agent makes the page and seals its length, so that reading it can not fail; it reads through
// a mapping that can not write, and believes nothing that is out of range. The process may write
// whatever it likes at any time, also into the header, which nobody reads again.

#pragma once

#include <cstdint>

#include "base/mapping.h"
#include "policies/snapshot.h"

struct penstock_hint_page;  // NOLINT(readability-identifier-naming): the name is C's.

namespace penstock {

class HintPage {
  public:
    static Result<HintPage> make();

    // A descriptor for the process. It is a copy: the page stays ours.
    [[nodiscard]] Result<Fd> for_client() const;

    struct Report {
        std::uint64_t progress = 0;
        Hints hints{};
    };

    [[nodiscard]] Report read() const;

  private:
    HintPage(Fd file, Mapping memory) : file_(std::move(file)), memory_(std::move(memory)) {}

    Fd file_;
    Mapping memory_;
};

// Each field is read once.
[[nodiscard]] HintPage::Report report_in(const penstock_hint_page& page);

}  // namespace penstock
