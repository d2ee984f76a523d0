// SPDX-License-Identifier: Apache-2.0
//
// Resctrl on a stage: files of counters, and groups that are folders.

#pragma once

#include <cerrno>
#include <deque>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "agent/probes/resctrl/resctrl_groups.h"
#include "tests/unit/host_probes/stage.h"

namespace penstock::fakes {

// Two memory nodes with one L3 cache each: caches 0 and 1, processors 0 and 1.
inline void write_two_nodes(Stage& stage) {
    for (const std::string number : {"0", "1"}) {
        stage.write("sys/devices/system/node/node" + number + "/cpulist", number + "\n");
        const std::string cpu = "sys/devices/system/cpu/cpu" + number;
        stage.write(cpu + "/cache/index0/level", "1\n");
        stage.write(cpu + "/cache/index1/level", "3\n");
        stage.write(cpu + "/cache/index1/id", number + "\n");
        stage.write(cpu + "/topology/physical_package_id", number + "\n");
    }
}

// A group's counter as the kernel shows it. The group is "" for the root.
inline void write_mbm(Stage& stage,
                      const std::string& group,
                      const std::string& domain,
                      const std::string& text) {
    const std::string folder = "sys/fs/resctrl/" + (group.empty() ? "" : group + "/");
    stage.write(folder + "mon_data/" + domain + "/mbm_total_bytes", text + "\n");
}

// What has been done to the groups, for as long as somebody looks.
struct GroupRecord {
    std::set<std::string> there{};
    std::vector<std::uint32_t> moved{};
    std::vector<std::string> removed{};
    std::deque<int> refusals{};  // Errnos of the next attempts to make one.
    int refuses_moves = 0;
    std::set<std::uint32_t> ended{};
};

// Makes folders on a stage, with one counter each, as the kernel would.
class FolderGroups final : public ResctrlGroups {
  public:
    FolderGroups(Stage& stage, GroupRecord& record) : stage_(stage), record_(record) {}

    Result<> make(const std::string& name) override {
        if (!record_.refusals.empty()) {
            const int refusal = record_.refusals.front();
            record_.refusals.pop_front();
            return fail(refusal, "make " + name);
        }
        record_.there.insert(name);
        write_mbm(stage_, "mon_groups/" + name, "mon_L3_00", "0");
        return {};
    }

    Result<> remove(const std::string& name) override {
        record_.there.erase(name);
        record_.removed.push_back(name);
        stage_.remove("sys/fs/resctrl/mon_groups/" + name);
        return {};
    }

    Result<> move(const std::string& name, std::uint32_t thread) override {
        if (record_.refuses_moves != 0) {
            return fail(record_.refuses_moves, "move to " + name);
        }
        if (record_.ended.contains(thread)) {
            return fail(ESRCH, "move to " + name);
        }
        record_.moved.push_back(thread);
        return {};
    }

  private:
    Stage& stage_;
    GroupRecord& record_;
};

}  // namespace penstock::fakes
