// SPDX-License-Identifier: Apache-2.0

#include "agent/kept_priorities.h"

#include "agent/state/machine_state.h"
#include "base/replace_file.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t longest_source = 256;
constexpr std::size_t longest_text = most_kept * (longest_source + 64);

std::optional<KeptList::value_type> parse_line(std::string_view line) {
    const auto words = split(line, ' ');
    if (words.size() != 4 || words[3].empty() || words[3].size() > longest_source) {
        return std::nullopt;
    }
    const auto pid = parse_number<std::uint32_t>(words[0]);
    const auto start = parse_number<std::uint64_t>(words[1]);
    const auto priority = parse_number<std::int32_t>(words[2]);
    if (!pid || !start || !priority || *priority < lowest_priority ||
        *priority > highest_priority) {
        return std::nullopt;
    }
    return KeptList::value_type{
        {.pid = *pid, .start_ticks = *start},
        {.priority = *priority, .source = printable(words[3], longest_source)}};
}

}  // namespace

KeptList parse_kept(std::string_view text) {
    KeptList list;
    for (const std::string_view line : split(text, '\n')) {
        if (list.size() == most_kept) {
            break;
        }
        if (auto entry = parse_line(line)) {
            list.insert(std::move(*entry));
        }
    }
    return list;
}

std::string text_of(const KeptList& list) {
    std::string text;
    for (const auto& [process, kept] : list) {
        text.append(std::to_string(process.pid)).append(" ");
        text.append(std::to_string(process.start_ticks)).append(" ");
        text.append(std::to_string(kept.priority)).append(" ").append(kept.source).append("\n");
    }
    return text;
}

KeptPriorities::KeptPriorities(std::string path, const Tree& proc)
    : path_(std::move(path)), proc_(proc) {
    if (path_.empty()) {
        return;
    }
    if (const Result<std::string> text = Tree("/").read(path_, longest_text)) {
        list_ = parse_kept(*text);
        forget_the_dead();
    }
}

void KeptPriorities::forget_the_dead() {
    std::erase_if(list_, [this](const auto& entry) {
        const Result<Incarnation> now = Incarnation::of(proc_, entry.first.pid);
        return !now || *now != entry.first;
    });
}

std::optional<KeptPriority> KeptPriorities::find(const Incarnation& process) const {
    const auto found = list_.find(process);
    return found != list_.end() ? std::optional(found->second) : std::nullopt;
}

Result<> KeptPriorities::keep(const Incarnation& process, KeptPriority priority) {
    if (path_.empty()) {
        return {};
    }
    if (list_.size() >= most_kept) {
        forget_the_dead();
    }
    if (list_.size() >= most_kept && !list_.contains(process)) {
        return fail("there are " + std::to_string(most_kept) + " kept priorities already");
    }
    list_.insert_or_assign(process, std::move(priority));
    constexpr mode_t for_us_alone = 0600;
    return replace_file(path_, text_of(list_), for_us_alone, Outlives::the_program);
}

}  // namespace penstock
