// SPDX-License-Identifier: Apache-2.0
//
// Open files: what the kernel may name by a handle. A text file is read from the copy made when it
// was opened or last read from its start, so that a reader never sees halves of two states.

#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kmod-helpers/emulator/server/branch.h"

namespace penstock::emulator {

struct DirectoryEntry {
    std::string name{};
    NodeKind kind{};
};

// Has its own lock: reading a file that is open must not wait for the driver.
class OpenFiles {
  public:
    std::uint64_t add_text(std::string path, std::string content);
    std::uint64_t add_directory(std::vector<DirectoryEntry> entries);
    std::uint64_t add_driver(std::uint64_t opener);

    void close(std::uint64_t handle);

    [[nodiscard]] std::optional<std::uint64_t> opener_of(std::uint64_t handle) const;
    [[nodiscard]] std::optional<std::string> path_of(std::uint64_t handle) const;
    void replace(std::uint64_t handle, std::string content);

    // At most `size` bytes; fewer at the end. Nothing for a handle of another kind.
    [[nodiscard]] std::optional<std::string> read(std::uint64_t handle,
                                                  std::uint64_t offset,
                                                  std::size_t size) const;

    [[nodiscard]] std::vector<DirectoryEntry> entries_of(std::uint64_t handle) const;

    [[nodiscard]] std::size_t size() const;

  private:
    struct OpenFile {
        std::optional<std::uint64_t> opener{};
        std::optional<std::string> path{};
        std::string content{};
        std::vector<DirectoryEntry> entries{};
    };

    std::uint64_t add(OpenFile file);

    mutable std::mutex mutex_;
    std::map<std::uint64_t, OpenFile> files_;
    std::uint64_t last_ = 0;
};

}  // namespace penstock::emulator
