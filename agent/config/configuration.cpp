// SPDX-License-Identifier: Apache-2.0

#include "agent/config/configuration.h"

#include <utility>

namespace penstock::config {

Configuration load(const Tree& root, const Users& users) {
    Configuration loaded;
    for (const File& file : gather(root, "agent.conf", loaded.remarks)) {
        apply(
            parse_unit_text(file.path, file.text, loaded.remarks), loaded.settings, loaded.remarks);
        loaded.files.push_back(file.path);
    }
    for (const File& file : gather_folder(root, "rules.d", loaded.remarks)) {
        if (std::optional<Rule> rule = parse_rule(file, users, loaded.remarks)) {
            loaded.rules.push_back(std::move(*rule));
        }
        loaded.files.push_back(file.path);
    }
    return loaded;
}

}  // namespace penstock::config
