// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/open_files.h"

namespace penstock::emulator {

std::uint64_t OpenFiles::add(OpenFile file) {
    const std::lock_guard lock(mutex_);
    files_[++last_] = std::move(file);
    return last_;
}

std::uint64_t OpenFiles::add_text(std::string path, std::string content) {
    return add({.path = std::move(path), .content = std::move(content)});
}

std::uint64_t OpenFiles::add_directory(std::vector<DirectoryEntry> entries) {
    return add({.entries = std::move(entries)});
}

std::uint64_t OpenFiles::add_driver(std::uint64_t opener) {
    return add({.opener = opener});
}

void OpenFiles::close(std::uint64_t handle) {
    const std::lock_guard lock(mutex_);
    files_.erase(handle);
}

std::optional<std::uint64_t> OpenFiles::opener_of(std::uint64_t handle) const {
    const std::lock_guard lock(mutex_);
    const auto file = files_.find(handle);
    return file == files_.end() ? std::nullopt : file->second.opener;
}

std::optional<std::string> OpenFiles::path_of(std::uint64_t handle) const {
    const std::lock_guard lock(mutex_);
    const auto file = files_.find(handle);
    return file == files_.end() ? std::nullopt : file->second.path;
}

void OpenFiles::replace(std::uint64_t handle, std::string content) {
    const std::lock_guard lock(mutex_);
    const auto file = files_.find(handle);
    if (file != files_.end()) {
        file->second.content = std::move(content);
    }
}

std::optional<std::string> OpenFiles::read(std::uint64_t handle,
                                           std::uint64_t offset,
                                           std::size_t size) const {
    const std::lock_guard lock(mutex_);
    const auto file = files_.find(handle);
    if (file == files_.end() || !file->second.path) {
        return std::nullopt;
    }
    const std::string& content = file->second.content;
    return offset >= content.size() ? "" : content.substr(offset, size);
}

std::vector<DirectoryEntry> OpenFiles::entries_of(std::uint64_t handle) const {
    const std::lock_guard lock(mutex_);
    const auto file = files_.find(handle);
    return file == files_.end() ? std::vector<DirectoryEntry>() : file->second.entries;
}

std::size_t OpenFiles::size() const {
    const std::lock_guard lock(mutex_);
    return files_.size();
}

}  // namespace penstock::emulator
