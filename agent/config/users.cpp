// SPDX-License-Identifier: Apache-2.0

#include "agent/config/users.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace penstock::config {

namespace {

constexpr std::size_t room = 16UL * 1024;  // For the texts of one entry.

std::optional<gid_t> gid_of_group(const std::string& name) {
    std::string buffer(room, '\0');
    group entry{};
    group* found = nullptr;
    // A group with many members needs more room than any user; who they are is asked elsewhere.
    while (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE &&
           buffer.size() < room * 64) {
        buffer.resize(buffer.size() * 2);
    }
    return found != nullptr ? std::optional(found->gr_gid) : std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> uid_of_user(const std::string& name) {
    std::string buffer(room, '\0');
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
        found == nullptr) {
        return std::nullopt;
    }
    return found->pw_uid;
}

bool is_member(std::uint32_t uid, const std::string& group) {
    const std::optional<gid_t> wanted = gid_of_group(group);
    std::string buffer(room, '\0');
    passwd entry{};
    passwd* user = nullptr;
    if (!wanted || ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &user) != 0 ||
        user == nullptr) {
        return false;
    }
    constexpr int most_groups = 65536;  // Linux' NGROUPS_MAX.
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    while (::getgrouplist(user->pw_name, user->pw_gid, groups.data(), &count) < 0) {
        if (count > most_groups) {
            return false;
        }
        groups.resize(static_cast<std::size_t>(count));
    }
    groups.resize(static_cast<std::size_t>(count));
    return std::ranges::find(groups, *wanted) != groups.end();
}

}  // namespace penstock::config
