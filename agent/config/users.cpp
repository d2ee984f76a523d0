// SPDX-License-Identifier: Apache-2.0

#include "agent/config/users.h"

#include <pwd.h>

namespace penstock::config {

std::optional<std::uint32_t> uid_of_user(const std::string& name) {
    constexpr std::size_t room = 16UL * 1024;
    std::string buffer(room, '\0');
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
        found == nullptr) {
        return std::nullopt;
    }
    return found->pw_uid;
}

}  // namespace penstock::config
