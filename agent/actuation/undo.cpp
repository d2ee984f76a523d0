// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/undo.h"

#include <cerrno>

namespace penstock {
namespace {

Result<> undo(const UndoEntry& entry, const UndoDoors& doors) {
    Result<> undone = entry.kind == UndoEntry::Kind::quota
                          ? doors.set_quota(entry.name, entry.before)
                          : doors.remove_group(entry.name);
    if (!undone && undone.error().code == ENOENT) {
        return {};
    }
    return undone;
}

}  // namespace

UndoReport undo_all(UndoFile& file, const UndoDoors& doors) {
    UndoReport report;
    bool manager_answers = true;
    const std::vector<UndoEntry> entries = file.entries();
    for (const UndoEntry& entry : entries) {
        const bool asks_manager = entry.kind == UndoEntry::Kind::quota;
        if (asks_manager && !manager_answers) {
            continue;
        }
        Result<> done = undo(entry, doors);
        if (done) {
            done = file.strike(entry.kind, entry.name);
            ++report.undone;
        } else if (asks_manager && done.error().code == ETIMEDOUT) {
            manager_answers = false;
        }
        if (!done) {
            report.failures.push_back(done.error().message());
        }
    }
    if (file.damaged() > 0) {
        report.failures.push_back(std::to_string(file.damaged()) + " lines of " + file.path() +
                                  " made no sense, and are dropped");
        static_cast<void>(file.drop_damaged());
    }
    return report;
}

}  // namespace penstock
