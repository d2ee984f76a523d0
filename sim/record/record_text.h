// SPDX-License-Identifier: Apache-2.0
//
// Record text: opens a recording, of measurements or of decisions, and tells which it is.

#pragma once

#include <istream>
#include <memory>
#include <string>

#include "base/result.h"

namespace penstock::sim {

struct RecordText {
    std::unique_ptr<std::istream> text{};  // From its beginning.
    bool of_decisions = false;
};

// "-" is standard input.
[[nodiscard]] Result<RecordText> open_record(const std::string& file);

}  // namespace penstock::sim
