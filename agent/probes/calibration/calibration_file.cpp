// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/calibration_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "agent/probes/calibration/calibration_text.h"
#include "base/fd.h"

namespace penstock::calibration {
namespace {

constexpr mode_t folder_mode = 0755;
constexpr mode_t file_mode = 0644;  // Everybody may know what the machine can do.

std::string folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path();
    return folder.empty() ? "." : folder;
}

Result<> write_all(const Fd& file, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const ssize_t written = ::write(file.get(), text.data(), text.size());
        if (written < 0) {
            return fail(errno, "write " + path);
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fchmod(file.get(), file_mode) != 0 || ::fsync(file.get()) != 0) {
        return fail(errno, "write " + path);
    }
    return {};
}

// The new name must outlive a power cut too.
Result<> settle(const std::string& from, const std::string& path) {
    if (std::rename(from.c_str(), path.c_str()) != 0) {
        return fail(errno, "rename " + from + " to " + path);
    }
    const Result<Fd> folder = open_path(folder_of(path), O_RDONLY | O_DIRECTORY);
    if (folder) {
        ::fsync(folder->get());
    }
    return {};
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
    std::string beside = path + ".XXXXXX";
    Result<Fd> file = owned(::mkostemp(beside.data(), O_CLOEXEC), "make " + beside);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    Result<> stored = write_all(*file, text_of(calibration), beside);
    if (stored) {
        stored = settle(beside, path);
    }
    if (!stored) {
        ::unlink(beside.c_str());
    }
    return stored;
}

}  // namespace penstock::calibration
