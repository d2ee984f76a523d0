// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/undo_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>

#include "base/replace_file.h"
#include "base/text.h"
#include "base/tree.h"
#include "policies/unit_name.h"

namespace penstock {
namespace {

constexpr std::string_view quota_word = "quota";
constexpr std::string_view group_word = "group";

// A line of the longest name and number, with room.
constexpr std::size_t longest_line = longest_unit_name + 64;
constexpr mode_t for_us_alone = 0600;

std::optional<UndoEntry> parse_line(std::string_view line) {
    const std::vector<std::string_view> words = split(line, ' ');
    if (words.size() == 3 && words[0] == quota_word && is_unit_name(words[1])) {
        const auto before = parse_number<std::uint64_t>(words[2]);
        return before && *before > 0 ? std::optional(UndoEntry{.kind = UndoEntry::Kind::quota,
                                                               .name = std::string(words[1]),
                                                               .before = *before})
                                     : std::nullopt;
    }
    if (words.size() == 2 && words[0] == group_word && words[1] == hogs_group) {
        return UndoEntry{.kind = UndoEntry::Kind::group, .name = std::string(words[1])};
    }
    return std::nullopt;
}

auto find(std::vector<UndoEntry>& entries, UndoEntry::Kind kind, std::string_view name) {
    return std::ranges::find_if(
        entries, [&](const UndoEntry& entry) { return entry.kind == kind && entry.name == name; });
}

}  // namespace

UndoList parse_undo(std::string_view text) {
    UndoList list;
    for (const std::string_view line : split(text, '\n')) {
        if (line.empty()) {
            continue;
        }
        std::optional<UndoEntry> entry = parse_line(line);
        if (!entry || list.entries.size() == most_undo_entries) {
            ++list.damaged;
        } else if (find(list.entries, entry->kind, entry->name) == list.entries.end()) {
            list.entries.push_back(*std::move(entry));
        }
    }
    return list;
}

std::string text_of(const std::vector<UndoEntry>& entries) {
    std::string text;
    for (const UndoEntry& entry : entries) {
        if (entry.kind == UndoEntry::Kind::quota) {
            fmt::format_to(
                std::back_inserter(text), "{} {} {}\n", quota_word, entry.name, entry.before);
        } else {
            fmt::format_to(std::back_inserter(text), "{} {}\n", group_word, entry.name);
        }
    }
    return text;
}

Result<> UndoFile::load() {
    const Result<std::string> text = Tree("/").read(path_, most_undo_entries * longest_line);
    if (!text) {
        return text.error().code == ENOENT ? Result<>() : std::unexpected(text.error());
    }
    list_ = parse_undo(*text);
    return {};
}

Result<> UndoFile::enter(const UndoEntry& entry) {
    if (find(list_.entries, entry.kind, entry.name) != list_.entries.end()) {
        return {};
    }
    if (list_.entries.size() == most_undo_entries) {
        return fail(fmt::format("{} is full: it has {} lines", path_, most_undo_entries));
    }
    list_.entries.push_back(entry);
    Result<> written = write();
    if (!written) {
        list_.entries.pop_back();
    }
    return written;
}

Result<> UndoFile::strike(UndoEntry::Kind kind, std::string_view name) {
    const auto found = find(list_.entries, kind, name);
    if (found == list_.entries.end()) {
        return {};
    }
    list_.entries.erase(found);
    return write();
}

Result<> UndoFile::drop_damaged() {
    list_.damaged = 0;
    return write();
}

Result<> UndoFile::write() const {
    return replace_file(path_, text_of(list_.entries), for_us_alone, Outlives::a_power_cut);
}

}  // namespace penstock
