// SPDX-License-Identifier: Apache-2.0

#include "base/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/fd.h"

namespace penstock {

std::string Tree::path(const std::string& relative) const {
    return root_ + "/" + relative;
}

Result<std::string> Tree::read(const std::string& relative, std::size_t limit) const {
    const std::string name = path(relative);
    const Result<Fd> file = open_path(name, O_RDONLY);
    if (!file) {
        return std::unexpected(file.error());
    }
    std::string text(limit + 1, '\0');
    std::size_t length = 0;
    while (length < text.size()) {
        const ssize_t got = ::read(file->get(), text.data() + length, text.size() - length);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(errno, "read " + name);
        }
        if (got == 0) {
            text.resize(length);
            return text;
        }
        length += static_cast<std::size_t>(got);
    }
    return fail(EFBIG, "read " + name);
}

Result<std::vector<std::string>> Tree::list(const std::string& relative) const {
    const std::string name = path(relative);
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(name.c_str()), &::closedir);
    if (!directory) {
        return fail(errno, "list " + name);
    }
    std::vector<std::string> names;
    // readdir() is safe here: each stream has one user.
    while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
        const std::string found = static_cast<const char*>(entry->d_name);
        if (found != "." && found != "..") {
            names.push_back(found);
        }
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace penstock
