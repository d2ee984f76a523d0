// SPDX-License-Identifier: Apache-2.0
//
// Decodes files of resctrl for a person: a folder copied from a machine, or a single file of it.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/probes/decode/decoded_field.h"
#include "base/result.h"

namespace penstock {

struct ResctrlFile {
    std::string path{};  // Below the decoded folder: "mon_data/mon_L3_00/mbm_total_bytes".
    std::string text{};
};

// Those that resctrl_files() would pick: what is below the path, or the file itself.
[[nodiscard]] Result<std::vector<ResctrlFile>> resctrl_files(const std::string& path);

// One field for each file that has one value, under the file's path. Without a value where the file
// says "Unavailable", "Error", "Unassigned" or nothing that belongs there; files whose meaning is
// not a value (tasks, masks, schemata) are left out.
[[nodiscard]] std::vector<DecodedField> decode_resctrl(std::span<const ResctrlFile> files);

}  // namespace penstock
