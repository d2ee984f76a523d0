// SPDX-License-Identifier: Apache-2.0
//
// Source rows: how each source of the catalogue stands on a machine, for people.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/probes/machine.h"
#include "policies/snapshot.h"

namespace penstock::ctl {

struct SourceRow {
    std::string name{};
    Standing standing = Standing::absent;
    std::string reason{};  // What is measured and where, or why not.
    std::string measures{};
};

// "/" is this machine; a folder that holds the files of another one has no counters.
[[nodiscard]] std::shared_ptr<Machine> machine_below(const std::string& root);

// Opens each source once; one that blocks is left behind.
[[nodiscard]] std::vector<SourceRow> source_rows(const std::shared_ptr<Machine>& machine);

}  // namespace penstock::ctl
