// SPDX-License-Identifier: Apache-2.0
//
// FolderControlGroups: a folder that answers as resctrl would: groups come with their files, limits
// are checked, a task is in one group at a time.

#pragma once

#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "agent/actuation/control_groups.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock::fakes {

// An Intel processor with two caches.
inline void make_resctrl(ScratchTree& tree) {
    tree.write("resctrl/schemata", "    L3:0=fffff;1=fffff\n    MB:0=100;1=100\n");
    tree.write("resctrl/info/MB/min_bandwidth", "10\n");
    tree.write("resctrl/info/MB/bandwidth_gran", "10\n");
    tree.write("resctrl/info/MB/num_closids", "8\n");
    tree.write("resctrl/info/last_cmd_status", "ok\n");
    tree.write("resctrl/mon_groups/penstock.7/tasks", "");
    tree.write("resctrl/tasks", "");
}

class FolderControlGroups final : public ControlGroups {
  public:
    explicit FolderControlGroups(ScratchTree& tree) : tree_(tree) {}

    int make_fails = 0;     // With this errno.
    int remove_fails = 0;   // The same.
    std::string refused{};  // Writes of this text get EINVAL and these words.
    std::string refusal{};
    std::vector<std::string> heard{};
    std::map<std::string, int> task_fails{};  // By the line.

    Result<> make(const std::string& name) override {
        heard.push_back("make " + name);
        if (make_fails != 0) {
            return fail(make_fails, "make " + name);
        }
        tree_.write("resctrl/" + name + "/schemata", "MB:0=100;1=100\n");
        tree_.write("resctrl/" + name + "/tasks", "");
        return {};
    }

    Result<> remove(const std::string& name) override {
        heard.push_back("remove " + name);
        if (remove_fails != 0) {
            return fail(remove_fails, "remove " + name);
        }
        if (!std::filesystem::exists(path(name))) {
            return fail(ENOENT, "remove " + name);
        }
        tree_.remove("resctrl/" + name);
        return {};
    }

    Result<> write(const std::string& name,
                   const std::string& file,
                   const std::string& text) override {
        const std::string what = name + "/" + file;
        heard.push_back(file + " " + text.substr(0, text.size() - 1));
        if (!std::filesystem::exists(path(what))) {
            return fail(ENOENT, "open " + what);
        }
        if (!refused.empty() && text.starts_with(refused)) {
            tree_.write("resctrl/info/last_cmd_status", refusal + "\n");
            return fail(EINVAL, "write " + what);
        }
        if (const auto failure = task_fails.find(text); failure != task_fails.end()) {
            return fail(failure->second, "write " + what);
        }
        tree_.write("resctrl/" + what, file == "tasks" ? content(what) + text : text);
        return {};
    }

    [[nodiscard]] std::string content(const std::string& file) const {
        std::ifstream stream(path(file), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

  private:
    [[nodiscard]] std::string path(const std::string& file) const {
        return tree_.root() + "/resctrl/" + file;
    }

    ScratchTree& tree_;
};

}  // namespace penstock::fakes
