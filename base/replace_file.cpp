// SPDX-License-Identifier: Apache-2.0

#include "base/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/fd.h"

namespace penstock {
namespace {

// The new name must outlive a power cut too.
void settle(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path();
    if (const Result<Fd> opened =
            open_path(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY)) {
        ::fsync(opened->get());
    }
}

}  // namespace

Result<> replace_file(const std::string& path, std::string_view text, mode_t mode, Outlives what) {
    std::string beside = path + ".XXXXXX";
    const Result<Fd> file = owned(::mkostemp(beside.data(), O_CLOEXEC), "make " + beside);
    if (!file) {
        return std::unexpected(file.error());
    }
    const bool lasting = what == Outlives::a_power_cut;
    Result<> done = write_all(*file, text, "write " + beside);
    if (done && (::fchmod(file->get(), mode) != 0 || (lasting && ::fsync(file->get()) != 0))) {
        done = fail(errno, "write " + beside);
    }
    if (done && std::rename(beside.c_str(), path.c_str()) != 0) {
        done = fail(errno, "rename " + beside + " to " + path);
    }
    if (!done) {
        ::unlink(beside.c_str());
    } else if (lasting) {
        settle(path);
    }
    return done;
}

}  // namespace penstock
