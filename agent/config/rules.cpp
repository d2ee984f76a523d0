// SPDX-License-Identifier: Apache-2.0

#include "agent/config/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <utility>

#include "agent/config/name_patterns.h"
#include "agent/config/rule_terms.h"
#include "agent/config/values.h"
#include "base/suggestion.h"
#include "base/text.h"

namespace penstock::config {
namespace {

constexpr std::size_t most_patterns = 64;

struct MatchKey {
    std::string_view name;
    std::string Identity::* of;
    bool assigned;  // By others than the process itself.
};

constexpr std::array match_keys{
    MatchKey{.name = "Unit", .of = &Identity::unit, .assigned = true},
    MatchKey{.name = "Slice", .of = &Identity::slice, .assigned = true},
    MatchKey{.name = "CGroup", .of = &Identity::cgroup, .assigned = true},
    MatchKey{.name = "User", .of = &Identity::user, .assigned = true},
    MatchKey{.name = "Executable", .of = &Identity::program, .assigned = false},
    MatchKey{.name = "Command", .of = &Identity::command, .assigned = false},
};

const MatchKey* find_match_key(std::string_view name) {
    const auto* const found = std::ranges::find(match_keys, name, &MatchKey::name);
    return found != match_keys.end() ? found : nullptr;
}

bool is_assigned(const Condition& condition) {
    return std::ranges::find(match_keys, condition.of, &MatchKey::of)->assigned;
}

std::string meant_by(const std::string& key, std::span<const std::string_view> known) {
    const std::string_view meant = nearest(key, known);
    return meant.empty() ? "" : fmt::format("; did you mean {}=?", meant);
}

std::string source_of(const std::string& file) {
    return "rule:" + std::filesystem::path(file).filename().string();
}

class Reader {
  public:
    Reader(const std::string& file, const Users& users, Remarks& remarks)
        : rule_{.file = file}, source_(source_of(file)), users_(users), remarks_(remarks) {}

    void take(const Assignment& each) {
        Result<> done;
        if (each.section == "Match") {
            done = match(each);
        } else if (each.section == "Apply") {
            done = apply(each);
        } else if (each.section == "Rule" && each.key == "Final") {
            done = store(parse_boolean(each.value), rule_.final);
        } else if (!each.section.starts_with("X-")) {
            done = fail(fmt::format("rules have no such key in [{}]", each.section));
        }
        if (!done) {
            remarks_.object(each.place, fmt::format("{}=: {}", each.key, done.error().message()));
            broken_ = true;
        }
    }

    // A rule of which a part was not understood would match more, or do less, than was meant.
    std::optional<Rule> finish() {
        const Place whole{.file = rule_.file};
        if (!broken_ && rule_.conditions.empty()) {
            remarks_.object(whole, "The rule has no [Match], and so would speak of everybody");
            broken_ = true;
        }
        if (broken_) {
            return std::nullopt;
        }
        if ((raises(rule_.terms) || rule_.may_evict == false) && trusts_own_word(rule_)) {
            remarks_.object(raised_at_,
                            "Executable= and Command= are what a process says of itself, so the "
                            "rule may not raise it; add Unit=, Slice=, CGroup= or User=");
            return std::nullopt;
        }
        return std::move(rule_);
    }

  private:
    Result<> match(const Assignment& each) {
        const MatchKey* key = find_match_key(each.key);
        if (key == nullptr) {
            return no_such_condition(each.key);
        }
        std::vector<std::string> words;
        if (Result<> parsed = store(parse_words(each.value), words); !parsed) {
            return parsed;
        }
        if (key->of == &Identity::user) {
            if (Result<> found = find_users(words); !found) {
                return found;
            }
        }
        if (words.empty()) {
            std::erase_if(rule_.conditions,
                          [&](const Condition& condition) { return condition.of == key->of; });
            return {};
        }
        auto condition = std::ranges::find(rule_.conditions, key->of, &Condition::of);
        if (condition == rule_.conditions.end()) {
            condition = rule_.conditions.insert(condition, {.of = key->of});
        }
        condition->patterns.insert(condition->patterns.end(), words.begin(), words.end());
        if (condition->patterns.size() > most_patterns) {
            return fail(fmt::format("there are more than {} patterns", most_patterns));
        }
        return {};
    }

    static Result<> no_such_condition(const std::string& key) {
        std::vector<std::string_view> known;
        std::ranges::transform(match_keys, std::back_inserter(known), &MatchKey::name);
        return fail("there is no such condition" + meant_by(key, known));
    }

    // Names are looked up once, here: asking for them may take as long as a network does.
    Result<> find_users(std::vector<std::string>& words) const {
        for (std::string& word : words) {
            const auto uid = parse_number<std::uint32_t>(word);
            const auto found = uid ? uid : users_(word);
            if (!found) {
                return fail(fmt::format("there is no user \"{}\"", printable(word)));
            }
            word = std::to_string(*found);
        }
        return {};
    }

    Result<> apply(const Assignment& each) {
        if (each.key == "MayEvict") {
            const Result<> parsed = store(parse_boolean(each.value), rule_.may_evict.emplace());
            raised_at_ = rule_.may_evict == false ? each.place : raised_at_;
            return parsed;
        }
        if (std::ranges::find(term_keys(), each.key) == term_keys().end()) {
            return no_such_key(each.key);
        }
        Result<Choices> wanted = parse_term(each.key, each.value, source_);
        if (!wanted) {
            return std::unexpected(std::move(wanted).error());
        }
        raised_at_ = raises(*wanted) ? each.place : raised_at_;
        penstock::apply(*wanted, rule_.terms);
        return {};
    }

    static Result<> no_such_key(const std::string& key) {
        std::vector<std::string_view> known(term_keys().begin(), term_keys().end());
        known.emplace_back("MayEvict");
        return fail("rules can not set that" + meant_by(key, known));
    }

    Rule rule_;
    std::string source_;
    const Users& users_;
    Remarks& remarks_;
    Place raised_at_{};
    bool broken_ = false;
};

// What the first matching rules say, among those of one kind.
Grant first_of(const std::vector<Rule>& rules, const Identity& identity, bool of_own_word) {
    Grant granted;
    for (const Rule& rule : rules) {
        if (trusts_own_word(rule) != of_own_word || !matches(rule, identity)) {
            continue;
        }
        const Choices former = std::exchange(granted.terms, rule.terms);
        penstock::apply(former, granted.terms);
        if (rule.may_evict && !granted.may_evict) {
            granted.may_evict = rule.may_evict;
            granted.may_evict_from = rule.file;
        }
        if (rule.final) {
            break;
        }
    }
    return granted;
}

}  // namespace

std::optional<Rule> parse_rule(const File& file, const Users& users, Remarks& remarks) {
    const std::size_t errors = remarks.errors();
    const std::vector<Assignment> assignments = parse_unit_text(file.path, file.text, remarks);
    if (remarks.errors() != errors) {
        return std::nullopt;
    }
    Reader reader(file.path, users, remarks);
    for (const Assignment& each : assignments) {
        reader.take(each);
    }
    return reader.finish();
}

bool trusts_own_word(const Rule& rule) {
    return std::ranges::none_of(rule.conditions, is_assigned);
}

bool matches(const Rule& rule, const Identity& identity) {
    return std::ranges::all_of(rule.conditions, [&](const Condition& condition) {
        const std::string& value = identity.*condition.of;
        return !value.empty() && matches_any(condition.patterns, value);
    });
}

Grant grant(const std::vector<Rule>& rules, const Identity& identity) {
    Grant granted = first_of(rules, identity, false);
    const Grant own_word = first_of(rules, identity, true);
    each_term([&](const auto& term) {
        const auto& own = own_word.terms.*term.choice;
        auto& place = granted.terms.*term.choice;
        if (own && term.raises(place ? place->value : Owner().*term.value, own->value)) {
            place = own;
        }
    });
    if (own_word.may_evict && !granted.may_evict) {
        granted.may_evict = own_word.may_evict;
        granted.may_evict_from = own_word.may_evict_from;
    }
    return granted;
}

}  // namespace penstock::config
