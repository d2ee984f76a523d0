// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/fixed_files.h"

#include <cerrno>

namespace penstock::emulator {

namespace {

std::string inside(const std::string& directory) {
    return directory.empty() ? directory : directory + "/";
}

}  // namespace

void FixedFiles::add(const std::string& path, std::function<std::string()> content) {
    files_[path] = {.content = std::move(content)};
}

void FixedFiles::add_control(const std::string& path,
                             std::function<std::string()> content,
                             std::function<int(std::string_view)> write) {
    files_[path] = {.content = std::move(content), .write = std::move(write)};
}

void FixedFiles::add_text(const std::string& path, std::string content) {
    add(path, [text = std::move(content)] { return text; });
}

NodeKind FixedFiles::kind(const std::string& path) const {
    const auto file = files_.find(path);
    if (file != files_.end()) {
        return file->second.write ? NodeKind::control : NodeKind::text;
    }
    const std::string prefix = inside(path);
    const auto first = files_.lower_bound(prefix);
    const bool any = first != files_.end() && first->first.starts_with(prefix);
    return any ? NodeKind::directory : NodeKind::absent;
}

std::vector<std::string> FixedFiles::names(const std::string& path) const {
    std::vector<std::string> names;
    const std::string prefix = inside(path);
    for (auto file = files_.lower_bound(prefix);
         file != files_.end() && file->first.starts_with(prefix);
         ++file) {
        std::string name = file->first.substr(prefix.size());
        name.resize(std::min(name.size(), name.find('/')));
        if (names.empty() || names.back() != name) {
            names.push_back(std::move(name));
        }
    }
    return names;
}

std::optional<std::string> FixedFiles::content(const std::string& path) const {
    const auto file = files_.find(path);
    return file == files_.end() ? std::nullopt : std::optional(file->second.content());
}

int FixedFiles::write(const std::string& path, std::string_view text) const {
    const auto file = files_.find(path);
    const bool writable = file != files_.end() && file->second.write;
    return writable ? file->second.write(text) : -EACCES;
}

}  // namespace penstock::emulator
