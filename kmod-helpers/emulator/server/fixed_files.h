// SPDX-License-Identifier: Apache-2.0
//
// Fixed files: those that exist for as long as the emulator runs, by path. Their content may
// change.

#pragma once

#include <functional>
#include <map>

#include "kmod-helpers/emulator/server/branch.h"

namespace penstock::emulator {

class FixedFiles final : public Branch {
  public:
    void add(const std::string& path, std::function<std::string()> content);
    void add_control(const std::string& path,
                     std::function<std::string()> content,
                     std::function<int(std::string_view)> write);
    void add_text(const std::string& path, std::string content);

    [[nodiscard]] NodeKind kind(const std::string& path) const override;
    [[nodiscard]] std::vector<std::string> names(const std::string& path) const override;
    [[nodiscard]] std::optional<std::string> content(const std::string& path) const override;
    [[nodiscard]] int write(const std::string& path, std::string_view text) const override;

  private:
    struct File {
        std::function<std::string()> content{};
        std::function<int(std::string_view)> write{};  // Of a control file.
    };

    std::map<std::string, File> files_;
};

}  // namespace penstock::emulator
