// SPDX-License-Identifier: Apache-2.0

#include "agent/kept_choices.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "agent/state/machine_state.h"
#include "base/replace_file.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t longest_source = 256;
constexpr std::size_t longest_text = most_kept * 2 * (longest_source + 64);

std::optional<Choices> parse_choice(std::string_view what,
                                    std::int32_t value,
                                    std::string_view source) {
    const std::string by = printable(source, longest_source);
    if (what == "priority" && value >= lowest_priority && value <= highest_priority) {
        return Choices{.priority = {{.value = value, .source = by}}};
    }
    if (what == "preemptible" && (value == 0 || value == 1)) {
        return Choices{.preemptible = {{.value = value == 1, .source = by}}};
    }
    return std::nullopt;
}

std::optional<KeptList::value_type> parse_line(std::string_view line) {
    const auto words = split(line, ' ');
    if (words.size() != 5 || words[4].empty() || words[4].size() > longest_source) {
        return std::nullopt;
    }
    const auto pid = parse_number<std::uint32_t>(words[0]);
    const auto start = parse_number<std::uint64_t>(words[1]);
    const auto value = parse_number<std::int32_t>(words[3]);
    if (!pid || !start || !value) {
        return std::nullopt;
    }
    const auto choice = parse_choice(words[2], *value, words[4]);
    if (!choice) {
        return std::nullopt;
    }
    return KeptList::value_type{{.pid = *pid, .start_ticks = *start}, *choice};
}

void add(Choices& present, const Choices& news) {
    if (news.priority) {
        present.priority = news.priority;
    }
    if (news.preemptible) {
        present.preemptible = news.preemptible;
    }
}

}  // namespace

KeptList parse_kept(std::string_view text) {
    KeptList list;
    for (const std::string_view line : split(text, '\n')) {
        const auto entry = parse_line(line);
        if (entry && (list.size() < most_kept || list.contains(entry->first))) {
            add(list[entry->first], entry->second);
        }
    }
    return list;
}

std::string text_of(const KeptList& list) {
    std::string text;
    const auto add_line =
        [&](const Incarnation& process, std::string_view what, const auto& chosen) {
            if (chosen) {
                fmt::format_to(std::back_inserter(text),
                               "{} {} {} {} {}\n",
                               process.pid,
                               process.start_ticks,
                               what,
                               static_cast<std::int32_t>(chosen->value),
                               chosen->source);
            }
        };
    for (const auto& [process, choices] : list) {
        add_line(process, "priority", choices.priority);
        add_line(process, "preemptible", choices.preemptible);
    }
    return text;
}

KeptChoices::KeptChoices(std::string path, Tree proc)
    : path_(std::move(path)), proc_(std::move(proc)) {
    if (path_.empty()) {
        return;
    }
    if (const Result<std::string> text = Tree("/").read(path_, longest_text)) {
        list_ = parse_kept(*text);
        forget_the_dead();
    }
}

void KeptChoices::forget_the_dead() {
    std::erase_if(list_, [this](const auto& entry) {
        const Result<Incarnation> now = Incarnation::of(proc_, entry.first.pid);
        return !now || *now != entry.first;
    });
}

Choices KeptChoices::find(const Incarnation& process) const {
    const auto found = list_.find(process);
    return found != list_.end() ? found->second : Choices{};
}

Result<> KeptChoices::keep(const Incarnation& process, const Choices& news) {
    if (path_.empty()) {
        return {};
    }
    if (list_.size() >= most_kept) {
        forget_the_dead();
    }
    if (list_.size() >= most_kept && !list_.contains(process)) {
        return fail("the choices of " + std::to_string(most_kept) + " processes are kept already");
    }
    add(list_[process], news);
    constexpr mode_t for_us_alone = 0600;
    return replace_file(path_, text_of(list_), for_us_alone, Outlives::the_program);
}

}  // namespace penstock
