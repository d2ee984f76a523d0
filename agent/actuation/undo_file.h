// SPDX-License-Identifier: Apache-2.0
//
// Undo file: what has been limited on the processors, with what stood before, so that it can be
// undone when the agent that did it is gone. No kernel and no service manager does that by itself.
//
// An entry is in the file before its limit is set, and struck when the limit is lifted. What is
// found there at a start belongs to an agent that was killed. An entry for a limit that was never
// set is no harm: undoing it puts in place what is there.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock {

// In the service manager's words for it: processor time in microseconds per second.
inline constexpr std::uint64_t no_quota = ~std::uint64_t{0};

// All that are held back by resctrl share one control group: there are only a few.
inline constexpr std::string_view hogs_group = "penstock.hogs";

struct UndoEntry {
    enum class Kind : std::uint8_t {
        quota,  // "quota UNIT BEFORE"
        group,  // "group NAME", a control group of resctrl, which was not there before.
    };

    Kind kind = Kind::quota;
    std::string name{};
    std::uint64_t before = no_quota;
    bool operator==(const UndoEntry&) const = default;
};

struct UndoList {
    std::vector<UndoEntry> entries{};
    std::size_t damaged = 0;  // Lines that made no sense, and were left out.
};

inline constexpr std::size_t most_undo_entries = 256;

// Strict: a line is what text_of() makes of an entry that can exist. Of two for the same thing the
// first counts, because what it has stood there before anybody limited anything.
[[nodiscard]] UndoList parse_undo(std::string_view text);
[[nodiscard]] std::string text_of(const std::vector<UndoEntry>& entries);

class UndoFile {
  public:
    // Nothing is there before load().
    explicit UndoFile(std::string path) : path_(std::move(path)) {}

    // Reads what a former agent left. A file that is not there is an empty one.
    Result<> load();

    // The file has it, on disk, when this returns. What is in it for the same thing already stays.
    Result<> enter(const UndoEntry& entry);

    // Fails where the file does not let go of it: it is undone once more at the next start.
    Result<> strike(UndoEntry::Kind kind, std::string_view name);

    [[nodiscard]] const std::vector<UndoEntry>& entries() const { return list_.entries; }

    // What made no sense is taken out of the file: nothing can be done about it.
    Result<> drop_damaged();

    // Lines of the file that was loaded.
    [[nodiscard]] std::size_t damaged() const { return list_.damaged; }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    [[nodiscard]] Result<> write() const;

    std::string path_;
    UndoList list_{};
};

}  // namespace penstock
