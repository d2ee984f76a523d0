// SPDX-License-Identifier: Apache-2.0

#include "base/fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace penstock {

Fd& Fd::operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    other.reset();
    return *this;
}

void Fd::reset() {
    // Linux frees the number even when close() reports an error, so it must not be tried again.
    if (number_ != none) {
        ::close(std::exchange(number_, none));
    }
}

Result<Fd> open_at(const Fd& directory, const std::string& path, int flags) {
    return owned(::openat(directory.get(), path.c_str(), flags | O_CLOEXEC), "open " + path);
}

Result<Fd> open_path(const std::string& path, int flags) {
    return owned(::open(path.c_str(), flags | O_CLOEXEC), "open " + path);
}

Result<> write_all(const Fd& file, std::string_view text, const std::string& doing) {
    while (!text.empty()) {
        const ssize_t written = ::write(file.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return fail(errno, doing);
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<Fd> owned(int number, std::string_view doing) {
    if (number < 0) {
        return fail(errno, std::string(doing));
    }
    return Fd(number);
}

}  // namespace penstock
