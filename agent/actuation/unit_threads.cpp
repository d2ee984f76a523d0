// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/unit_threads.h"

#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t longest_list = 1 << 20;

bool is_folder(const std::string& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

}  // namespace

void UnitThreads::begin(std::vector<std::string> control_groups, std::set<std::uint32_t> known) {
    folders_ = std::move(control_groups);
    next_ = 0;
    known_ = std::move(known);
    found_.clear();
}

void UnitThreads::look() {
    if (done()) {
        return;
    }
    const std::string folder = folders_[next_++];
    const auto threads = cgroups_.read(folder + "/cgroup.threads", longest_list);
    for (const std::string_view line : split(threads ? *threads : std::string_view(), '\n')) {
        const auto thread = parse_number<std::uint32_t>(line);
        if (thread && *thread > 0 && found_.size() < most_threads &&
            known_.insert(*thread).second) {
            found_.push_back(*thread);
        }
    }
    const auto names = cgroups_.list(folder);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        std::string below = folder;
        below.append("/").append(name);
        if (folders_.size() < most_folders && is_folder(cgroups_.path(below))) {
            folders_.push_back(std::move(below));
        }
    }
}

std::vector<std::uint32_t> UnitThreads::take(std::size_t most) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, found_.size()));
    std::vector<std::uint32_t> taken(found_.end() - count, found_.end());
    found_.erase(found_.end() - count, found_.end());
    return taken;
}

}  // namespace penstock
