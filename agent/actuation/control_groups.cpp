// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/control_groups.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "base/text.h"

namespace penstock {

Result<> KernelControlGroups::make(const std::string& name) {
    const std::string path = root_ + "/" + name;
    constexpr mode_t for_all_to_read = 0755;
    if (::mkdir(path.c_str(), for_all_to_read) != 0) {
        return fail(errno, "make " + path);
    }
    return {};
}

Result<> KernelControlGroups::remove(const std::string& name) {
    const std::string path = root_ + "/" + name;
    if (::rmdir(path.c_str()) != 0) {
        return fail(errno, "remove " + path);
    }
    return {};
}

Result<> KernelControlGroups::write(const std::string& name,
                                    const std::string& file,
                                    const std::string& text) {
    const std::string path = root_ + "/" + name + "/" + file;
    const Result<Fd> opened = open_path(path, O_WRONLY);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    if (::write(opened->get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        const int code = errno;
        return fail(code, "write \"" + printable(trimmed(text)) + "\" to " + path);
    }
    return {};
}

}  // namespace penstock
