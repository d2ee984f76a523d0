// SPDX-License-Identifier: Apache-2.0
//
// Undo: lifts what an undo file says was limited, one entry after the other, waiting for each. At
// the start of an agent, when it leaves, and when it has died.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/actuation/undo_file.h"

namespace penstock {

struct UndoDoors {
    std::function<Result<>(const std::string& unit, std::uint64_t quota)> set_quota{};
    std::function<Result<>(const std::string& group)> remove_group{};
};

struct UndoReport {
    std::size_t undone = 0;
    std::vector<std::string> failures{};  // Sentences; what they are about stays in the file.
};

// What is not there any more counts as undone. Twice is no harm. An attempt that was not answered
// in time is the last one of its kind: the others would not be answered either, and somebody waits.
UndoReport undo_all(UndoFile& file, const UndoDoors& doors);

}  // namespace penstock
