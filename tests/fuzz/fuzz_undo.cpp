// SPDX-License-Identifier: Apache-2.0
//
// Undo file: what an agent that died has left to the next. What is taken from it are limits that
// can exist, one for each thing, and it is written again as it was read.

#include <set>

#include "agent/actuation/undo_file.h"
#include "policies/unit_name.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using penstock::UndoEntry;
    namespace fuzz = penstock::fuzz;
    const penstock::UndoList list = penstock::parse_undo(fuzz::as_text({bytes, size}));
    fuzz::require(list.entries.size() <= penstock::most_undo_entries);
    std::set<std::string> names;
    for (const UndoEntry& entry : list.entries) {
        fuzz::require(names.insert(entry.name).second);
        fuzz::require(entry.kind == UndoEntry::Kind::quota
                          ? penstock::is_unit_name(entry.name) && entry.before > 0
                          : entry.name == penstock::hogs_group);
    }
    const penstock::UndoList again = penstock::parse_undo(penstock::text_of(list.entries));
    fuzz::require(again.entries == list.entries && again.damaged == 0);
    return 0;
}
