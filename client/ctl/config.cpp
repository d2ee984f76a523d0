// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "agent/config/users.h"
#include "client/ctl/config_view.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {

Outcome<> run(const ConfigCheck& verb) {
    const auto configuration = config::load(Tree(verb.root), config::uid_of_user);
    fmt::print("{}", remarks_text(configuration));
    if (configuration.remarks.errors() > 0) {
        return fail(Exit::refused,
                    "the configuration has errors, and defaults hold in their place");
    }
    return {};
}

Outcome<> run(const ConfigShow& verb) {
    const auto configuration = config::load(Tree(verb.root), config::uid_of_user);
    fmt::print("{}",
               verb.json ? config_json(configuration).dump(2) + '\n' : config_text(configuration));
    return {};
}

}  // namespace penstock::ctl
