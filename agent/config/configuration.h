// SPDX-License-Identifier: Apache-2.0
//
// Configuration: everything that the files of a machine say, and what is wrong with them.

#pragma once

#include <string>
#include <vector>

#include "agent/config/rules.h"
#include "agent/config/settings.h"

namespace penstock::config {

struct Configuration {
    Settings settings{};
    std::vector<Rule> rules{};         // In the order in which they count.
    std::vector<std::string> files{};  // Those that were read, in order.
    Remarks remarks{};
};

// From `root`/etc/penstock and its like. What is wrong is left out: see the remarks.
[[nodiscard]] Configuration load(const Tree& root, const Users& users);

// Leaves out what [Policy] says and the policy does not take. That is an error where one of the
// assignments says it; where they only choose another policy than the files did, it is a warning.
void fit_policy(const std::vector<Assignment>& assignments, Settings& settings, Remarks& remarks);

}  // namespace penstock::config
