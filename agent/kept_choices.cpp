// SPDX-License-Identifier: Apache-2.0

#include "agent/kept_choices.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/replace_file.h"
#include "base/text.h"
#include "policies/service_class_names.h"

namespace penstock {
namespace {

constexpr std::size_t longest_source = 256;
constexpr std::size_t terms_kept = 7;  // At most, of one process.
constexpr std::size_t longest_text = most_kept * terms_kept * (longest_source + 64);

// Without blanks, which keep the words of a line apart.
std::string written(std::int32_t number) {
    return std::to_string(number);
}

std::string written(std::uint32_t number) {
    return std::to_string(number);
}

std::string written(bool flag) {
    return flag ? "1" : "0";
}

std::string written(ServiceClass service_class) {
    return std::string(name_of(service_class));
}

std::string written(Duration span) {
    return std::to_string(span.count());
}

std::string written(BytesPerSecond limit) {
    return std::to_string(limit.value);
}

template <typename T>
std::optional<T> parse_value(std::string_view word) {
    return parse_number<T>(word);
}

template <>
std::optional<bool> parse_value(std::string_view word) {
    return word == "0" || word == "1" ? std::optional(word == "1") : std::nullopt;
}

template <>
std::optional<ServiceClass> parse_value(std::string_view word) {
    return service_class_named(word);
}

template <>
std::optional<Duration> parse_value(std::string_view word) {
    const auto ns = parse_number<std::int64_t>(word);
    return ns ? std::optional(Duration(*ns)) : std::nullopt;
}

template <>
std::optional<BytesPerSecond> parse_value(std::string_view word) {
    const auto limit = parse_number<std::uint64_t>(word);
    return limit ? std::optional(BytesPerSecond{*limit}) : std::nullopt;
}

// Empty when it makes no sense.
Choices parse_choice(std::string_view name, std::string_view word, std::string_view source) {
    Choices choices;
    each_term([&]<typename T>(const Term<T>& term) {
        const std::optional<T> value = name == term.name ? parse_value<T>(word) : std::nullopt;
        if (value && term.allows(*value)) {
            choices.*term.choice = {{.value = *value, .source = printable(source, longest_source)}};
        }
    });
    return choices;
}

std::optional<KeptList::value_type> parse_line(std::string_view line) {
    const auto words = split(line, ' ');
    if (words.size() != 5 || words[4].empty() || words[4].size() > longest_source) {
        return std::nullopt;
    }
    const auto pid = parse_number<std::uint32_t>(words[0]);
    const auto start = parse_number<std::uint64_t>(words[1]);
    const Choices choice = parse_choice(words[2], words[3], words[4]);
    if (!pid || !start || choice == Choices{}) {
        return std::nullopt;
    }
    return KeptList::value_type{{.pid = *pid, .start_ticks = *start}, choice};
}

template <typename T>
void add_line(std::string& text, const KeptList::value_type& entry, const Term<T>& term) {
    const auto& [process, choices] = entry;
    if (const auto& chosen = choices.*term.choice) {
        fmt::format_to(std::back_inserter(text),
                       "{} {} {} {} {}\n",
                       process.pid,
                       process.start_ticks,
                       term.name,
                       written(chosen->value),
                       chosen->source);
    }
}

}  // namespace

KeptList parse_kept(std::string_view text) {
    KeptList list;
    for (const std::string_view line : split(text, '\n')) {
        const auto entry = parse_line(line);
        if (entry && (list.size() < most_kept || list.contains(entry->first))) {
            apply(entry->second, list[entry->first]);
        }
    }
    return list;
}

std::string text_of(const KeptList& list) {
    std::string text;
    for (const KeptList::value_type& entry : list) {
        each_term([&](const auto& term) { add_line(text, entry, term); });
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
    apply(news, list_[process]);
    return write();
}

Result<> KeptChoices::forget(const Incarnation& process, const Choices& which) {
    const auto found = list_.find(process);
    if (path_.empty() || found == list_.end()) {
        return {};
    }
    each_term([&](const auto& term) {
        if (which.*term.choice) {
            (found->second.*term.choice).reset();
        }
    });
    if (found->second == Choices{}) {
        list_.erase(found);
    }
    return write();
}

Result<> KeptChoices::write() const {
    constexpr mode_t for_us_alone = 0600;
    return replace_file(path_, text_of(list_), for_us_alone, Outlives::the_program);
}

}  // namespace penstock
