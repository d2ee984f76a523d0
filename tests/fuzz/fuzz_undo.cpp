// SPDX-License-Identifier: Apache-2.0
//
// Undo file: what an agent that died has left to the next. What is taken from it are limits that
// can exist, one for each thing, and it is written again as it was read.

#include <set>

#include "agent/actuation/undo_file.h"
#include "policies/unit_name.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const UndoList list = parse_undo(fuzz::as_text({bytes, size}));
    fuzz::require(list.entries.size() <= most_undo_entries);
    std::set<std::string> names;
    for (const UndoEntry& entry : list.entries) {
        fuzz::require(names.insert(entry.name).second);
        fuzz::require(entry.kind == UndoEntry::Kind::quota
                          ? is_unit_name(entry.name) && entry.before > 0
                          : entry.name == hogs_group);
    }
    const UndoList again = parse_undo(text_of(list.entries));
    fuzz::require(again.entries == list.entries && again.damaged == 0);
    return 0;
}
