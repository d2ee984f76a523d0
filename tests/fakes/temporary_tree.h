// SPDX-License-Identifier: Apache-2.0
//
// TemporaryTree: a folder of small files that looks like /sys or /proc for the length of a test.

#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace penstock::fakes {

class TemporaryTree {
  public:
    TemporaryTree() {
        std::string pattern = std::filesystem::temp_directory_path() / "penstock-test-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("no folder for temporary files");
        }
        root_ = pattern;
    }

    ~TemporaryTree() {
        std::error_code ignored;  // What could not be removed is not the test's failure.
        std::filesystem::remove_all(root_, ignored);
    }

    TemporaryTree(const TemporaryTree&) = delete;
    TemporaryTree& operator=(const TemporaryTree&) = delete;

    [[nodiscard]] std::string root() const { return root_; }

    // Makes the folders on the way; returns the file's whole path.
    std::string write(const std::string& relative, std::string_view text) const {
        const std::filesystem::path path = root_ / relative;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

  private:
    std::filesystem::path root_;
};

}  // namespace penstock::fakes
