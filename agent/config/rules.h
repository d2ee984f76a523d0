// SPDX-License-Identifier: Apache-2.0
//
// Rules: what an administrator grants to processes by where they come from.
//
// A rule is one file: every key of its [Match] must match, and for each thing that rules can set
// the first one that does so wins. A unit, a slice, a control group and a user are assigned by
// whoever may do so; an executable and a command line are what a process says of itself. A rule by
// those alone may only lower: it never raises, and takes no place from a rule that lowers further.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/config_files.h"
#include "policies/terms.h"

namespace penstock::config {

// What a process is, as the kernel and systemd tell it; unknown is "".
struct Identity {
    std::string unit{};     // "llm-7b.service"
    std::string slice{};    // "batch.slice"
    std::string cgroup{};   // "/system.slice/llm-7b.service"
    std::string user{};     // Its uid.
    std::string program{};  // The path of its executable.
    std::string command{};  // Its arguments, with blanks in between.
};

struct Condition {
    std::string Identity::* of;
    std::vector<std::string> patterns{};  // One must match; * and ? as fnmatch(3) has them.
};

struct Rule {
    std::string file{};
    std::vector<Condition> conditions{};
    Choices terms{};  // With "rule:FILE" as their source.
    std::optional<bool> may_evict{};
    bool final = false;  // Where it matches, no later rule counts.
};

// What the rules make of a process, and which of them did.
struct Grant {
    Choices terms{};
    std::optional<bool> may_evict{};
    std::string may_evict_from{};  // The rule's file; "" for none.
    bool operator==(const Grant&) const = default;
};

// The uid of a user by name; nothing for none.
using Users = std::function<std::optional<std::uint32_t>(const std::string& name)>;

// Nothing when the file is no rule; why not is among the remarks.
[[nodiscard]] std::optional<Rule> parse_rule(const File& file,
                                             const Users& users,
                                             Remarks& remarks);

// Whether it goes by nothing but the process' own word.
[[nodiscard]] bool trusts_own_word(const Rule& rule);

[[nodiscard]] bool matches(const Rule& rule, const Identity& identity);

[[nodiscard]] Grant grant(const std::vector<Rule>& rules, const Identity& identity);

}  // namespace penstock::config
