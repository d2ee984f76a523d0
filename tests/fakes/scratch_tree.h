// SPDX-License-Identifier: Apache-2.0
//
// ScratchTree: a folder of its own that looks like /sys or /proc, gone with the object.

#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace penstock::fakes {

class ScratchTree {
  public:
    ScratchTree() {
        std::string name = (std::filesystem::temp_directory_path() / "penstock-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary directory");
        }
        root_ = name;
    }

    ~ScratchTree() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    ScratchTree(const ScratchTree&) = delete;
    ScratchTree& operator=(const ScratchTree&) = delete;

    [[nodiscard]] const std::string& root() const { return root_; }

    // Makes the directories on the way.
    void write(const std::string& relative, const std::string& content) {
        const std::filesystem::path file = std::filesystem::path(root_) / relative;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    }

    void remove(const std::string& relative) {
        std::filesystem::remove_all(std::filesystem::path(root_) / relative);
    }

  private:
    std::string root_;
};

}  // namespace penstock::fakes
