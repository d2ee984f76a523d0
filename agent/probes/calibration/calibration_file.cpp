// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/calibration_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "agent/probes/calibration/calibration_text.h"
#include "base/fd.h"
#include "base/replace_file.h"

namespace penstock::calibration {
namespace {

constexpr mode_t folder_mode = 0755;
constexpr mode_t file_mode = 0644;  // Everybody may know what the machine can do.

std::string folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path();
    return folder.empty() ? "." : folder;
}

}  // namespace

Result<Calibration> load_calibration(const std::string& path) {
    // A pipe in its place must not stop us.
    const Result<Fd> file = open_path(path, O_RDONLY | O_NONBLOCK);
    if (!file) {
        return std::unexpected(file.error());
    }
    struct stat status{};
    if (::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return fail(path + " is not a regular file");
    }
    std::string text(longest_text + 1, '\0');
    const ssize_t length = ::pread(file->get(), text.data(), text.size(), 0);
    if (length < 0) {
        return fail(errno, "read " + path);
    }
    text.resize(static_cast<std::size_t>(length));
    Result<Calibration> found = parse_calibration(text);
    return found ? std::move(found) : fail("understand " + path + ": " + found.error().message());
}

Result<> check_storable(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        return fail(path + " is there, and not a regular file");
    }
    std::string folder = folder_of(path);
    if (::stat(folder.c_str(), &status) != 0 && errno == ENOENT) {
        folder = folder_of(folder);
    }
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
        return fail(errno, "write to the folder " + folder);
    }
    return {};
}

Result<> store_calibration(const std::string& path, const Calibration& calibration) {
    const std::string folder = folder_of(path);
    if (::mkdir(folder.c_str(), folder_mode) != 0 && errno != EEXIST) {
        return fail(errno, "make the folder " + folder);
    }
    return replace_file(path, text_of(calibration), file_mode, Outlives::a_power_cut);
}

}  // namespace penstock::calibration
