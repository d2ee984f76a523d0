// SPDX-License-Identifier: Apache-2.0

#include "agent/config/config_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"

namespace penstock::config {
namespace {

// Whoever comes first wins. Not /run/penstock, which belongs to the agent's own user: one that was
// taken over would leave rules there for the next.
constexpr std::array<std::string_view, 3> places{
    "etc/penstock/", "usr/local/lib/penstock/", "usr/lib/penstock/"};
constexpr std::string_view suffix = ".conf";

bool is_missing(const Error& error) {
    return error.code == ENOENT || error.code == ENOTDIR;
}

// A file that can not be read is an error and nothing else: the next place must not take over, or
// else a slip of permissions would bring settings back that somebody has replaced.
std::optional<File> read(const Tree& root, const std::string& relative, Remarks& remarks) {
    File file{.path = "/" + relative};
    Result<std::string> text = root.read(relative, most_file_bytes);
    if (text) {
        file.text = std::move(*text);
    } else if (is_missing(text.error())) {
        return std::nullopt;
    } else {
        remarks.object({.file = file.path}, text.error().message());
    }
    return file;
}

std::optional<File> read_first(const Tree& root, const std::string& name, Remarks& remarks) {
    std::optional<File> file;
    for (const std::string_view place : places) {
        file = file ? std::move(file) : read(root, std::string(place) + name, remarks);
    }
    return file;
}

std::vector<std::string> names_in(const Tree& root, const std::string& folder, Remarks& remarks) {
    Result<std::vector<std::string>> names = root.list(folder);
    if (!names) {
        if (!is_missing(names.error())) {
            remarks.object({.file = "/" + folder}, names.error().message());
        }
        return {};
    }
    std::erase_if(*names, [](const std::string& name) {
        return !name.ends_with(suffix) || name.starts_with('.') || printable(name, 255) != name;
    });
    return std::move(*names);
}

}  // namespace

std::vector<File> gather_folder(const Tree& root, const std::string& folder, Remarks& remarks) {
    std::map<std::string, std::string> first_with_name;
    for (const std::string_view place : places) {
        const std::string whole = std::string(place) + folder;
        for (const std::string& name : names_in(root, whole, remarks)) {
            std::string path = whole;
            first_with_name.try_emplace(name, path.append("/").append(name));
        }
    }
    std::vector<File> files;
    for (const auto& [name, path] : first_with_name) {
        if (files.size() == most_files_of_a_folder) {
            remarks.object({.file = "/" + path},
                           "There are more than " + std::to_string(most_files_of_a_folder) +
                               " files; this one and the following do not count");
            break;
        }
        if (auto file = read(root, path, remarks); file && !file->text.empty()) {
            files.push_back(std::move(*file));
        }
    }
    return files;
}

std::vector<File> gather(const Tree& root, const std::string& name, Remarks& remarks) {
    std::vector<File> files;
    std::optional<File> main = read_first(root, name, remarks);
    if (main && !main->text.empty()) {
        files.push_back(std::move(*main));
    }
    for (File& file : gather_folder(root, name + ".d", remarks)) {
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace penstock::config
