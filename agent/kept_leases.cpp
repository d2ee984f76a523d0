// SPDX-License-Identifier: Apache-2.0

#include "agent/kept_leases.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/journal.h"
#include "base/replace_file.h"
#include "base/text.h"
#include "base/tree.h"

namespace penstock {
namespace {

constexpr std::string_view name_start = "lease-";
constexpr std::size_t longest_word = 256;
constexpr std::size_t longest_line = 1024;
constexpr std::size_t words_of_a_line = 13;
constexpr std::uint32_t heaviest = 10'000;
// Bytes per second, as requests have it: sums of all leases can not overflow.
constexpr std::uint64_t highest_rate = 1'000'000'000'000'000;

std::string name_for(std::uint32_t number) {
    return std::string(name_start) + std::to_string(number);
}

bool is_sound(const KeptLease& lease) {
    const LeaseWish& wish = lease.wish;
    const auto sound_text = [](const std::string& text) {
        return printable(text, longest_word) == text;
    };
    return lease.number != 0 && wish.weight >= 1 && wish.weight <= heaviest && wish.want >= 1 &&
           wish.want <= highest_rate && wish.least <= wish.want && lease.promise <= highest_rate &&
           sound_text(lease.who) && sound_text(lease.why);
}

// Takes the words of a line one after the other; one that makes no sense spoils the line.
class Words {
  public:
    explicit Words(std::string_view line) : words_(split(line, '\t')) {}

    [[nodiscard]] bool complete() const { return words_.size() == words_of_a_line; }

    [[nodiscard]] bool sound() const { return sound_; }

    template <typename T>
    void number(T& into) {
        take(parse_number<T>(words_[next_]), into);
    }

    void flag(bool& into) {
        const std::string_view word = words_[next_];
        take(word == "0" || word == "1" ? std::optional(word == "1") : std::nullopt, into);
    }

    void resource(LeaseResource& into) { take(lease_resource_named(words_[next_]), into); }

    void lease_class(LeaseClass& into) { take(lease_class_named(words_[next_]), into); }

    void text(std::string& into) { take(std::optional(std::string(words_[next_])), into); }

  private:
    template <typename T>
    void take(const std::optional<T>& value, T& into) {
        ++next_;
        sound_ = sound_ && value;
        into = value.value_or(T{});
    }

    std::vector<std::string_view> words_;
    std::size_t next_ = 0;
    bool sound_ = true;
};

std::optional<KeptLease> parse_line(std::string_view line) {
    Words words(line);
    if (!words.complete()) {
        return std::nullopt;
    }
    KeptLease lease;
    LeaseWish& wish = lease.wish;
    words.number(lease.number);
    words.resource(lease.resource);
    words.number(wish.pool.number);
    words.number(wish.party.uid);
    words.number(wish.party.pid);
    words.lease_class(wish.lease_class);
    words.number(wish.weight);
    words.number(wish.want);
    words.number(wish.least);
    words.number(lease.promise);
    words.flag(wish.exclusive);
    words.text(lease.who);
    words.text(lease.why);
    wish.pool.kind = pool_kind_of(lease.resource);
    return words.sound() && is_sound(lease) ? std::optional(lease) : std::nullopt;
}

}  // namespace

LeaseList parse_leases(std::string_view text) {
    LeaseList list;
    for (const std::string_view line : split(text, '\n')) {
        const auto lease = parse_line(line);
        if (lease && list.size() < most_kept_leases) {
            list.insert_or_assign(lease->number, *lease);
        }
    }
    return list;
}

std::string text_of(const LeaseList& list) {
    std::string text;
    for (const auto& [number, lease] : list) {
        const LeaseWish& wish = lease.wish;
        fmt::format_to(std::back_inserter(text),
                       "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                       number,
                       name_of(lease.resource),
                       wish.pool.number,
                       wish.party.uid,
                       wish.party.pid,
                       name_of(wish.lease_class),
                       wish.weight,
                       wish.want,
                       wish.least,
                       lease.promise,
                       wish.exclusive ? 1 : 0,
                       lease.who,
                       lease.why);
    }
    return text;
}

std::vector<KeptLeases::Found> KeptLeases::take() {
    std::vector<Found> found;
    if (path_.empty() || !store_.keeps()) {
        return found;
    }
    const Result<std::string> text = Tree("/").read(path_, most_kept_leases * longest_line);
    LeaseList former = text ? parse_leases(*text) : LeaseList();
    for (auto& [number, lease] : former) {
        if (Fd descriptor = store_.take(name_for(number))) {
            list_.emplace(number, lease);
            found.push_back({.lease = std::move(lease), .descriptor = std::move(descriptor)});
        }
    }
    return found;
}

void KeptLeases::keep(const KeptLease& lease, const Fd& descriptor) {
    if (path_.empty() || !store_.keeps()) {
        return;
    }
    if (const Result<> kept = store_.keep(name_for(lease.number), descriptor); !kept) {
        journal(Severity::warning, "a lease ends with the agent: " + kept.error().message());
        return;
    }
    list_.insert_or_assign(lease.number, lease);
    write();
}

void KeptLeases::forget(std::uint32_t number) {
    if (list_.erase(number) > 0) {
        store_.forget(name_for(number));
        write();
    }
}

void KeptLeases::write() {
    constexpr mode_t for_us_alone = 0600;
    const Result<> written =
        replace_file(path_, text_of(list_), for_us_alone, Outlives::the_program);
    std::string trouble = written ? "" : written.error().message();
    if (trouble != trouble_ && !trouble.empty()) {
        journal(Severity::warning, "leases end with the agent: " + trouble);
    }
    trouble_ = std::move(trouble);
}

}  // namespace penstock
