// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/resctrl/decode_resctrl.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "agent/probes/resctrl/mbm_text.h"
#include "base/text.h"
#include "base/tree.h"

namespace penstock {
namespace {

// A group has its monitoring groups, those have domains, those have nodes.
constexpr int deepest = 6;
constexpr std::size_t most_files = 65536;

struct Meaning {
    std::string_view file;
    std::string_view unit;
    bool number = true;
};

constexpr std::array meanings{
    Meaning{.file = "mbm_total_bytes", .unit = "B"},
    Meaning{.file = "mbm_local_bytes", .unit = "B"},
    Meaning{.file = "llc_occupancy", .unit = "B"},
    Meaning{.file = "max_threshold_occupancy", .unit = "B"},
    Meaning{.file = "num_rmids", .unit = ""},
    Meaning{.file = "num_closids", .unit = ""},
    Meaning{.file = "num_mbm_cntrs", .unit = ""},
    Meaning{.file = "min_cbm_bits", .unit = "bits"},
    // Percent on Intel, eighths of a GB/s on AMD.
    Meaning{.file = "min_bandwidth", .unit = ""},
    Meaning{.file = "bandwidth_gran", .unit = ""},
    Meaning{.file = "delay_linear", .unit = ""},
    Meaning{.file = "mode", .unit = "", .number = false},
    Meaning{.file = "last_cmd_status", .unit = "", .number = false},
    Meaning{.file = "mon_features", .unit = "", .number = false},
    Meaning{.file = "mbm_assign_mode", .unit = "", .number = false},
    Meaning{.file = "thread_throttle_mode", .unit = "", .number = false},
};

std::string_view last_part(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

// What the kernel counts in a domain's folder is a number, even if we never heard of it.
std::optional<Meaning> meaning_of(std::string_view path) {
    const auto* const known = std::ranges::find(meanings, last_part(path), &Meaning::file);
    if (known != meanings.end()) {
        return *known;
    }
    const std::string_view folder = path.substr(0, path.rfind('/'));
    if (folder.size() < path.size() && last_part(folder).starts_with("mon_")) {
        return Meaning{.file = last_part(path), .unit = ""};
    }
    return std::nullopt;
}

// Adds what is in the folder, and puts the folders that are in it on the list of those to look at.
Result<> collect(const Tree& tree,
                 const std::string& folder,
                 std::vector<std::string>& folders,
                 std::vector<ResctrlFile>& into) {
    const auto names = tree.list(folder);
    if (!names) {
        return std::unexpected(names.error());
    }
    for (const std::string& name : *names) {
        std::string path = folder.empty() ? name : folder;
        if (!folder.empty()) {
            path.append("/").append(name);
        }
        if (into.size() == most_files || folders.size() == most_files) {
            return fail(tree.root() + " has more files than resctrl would show");
        }
        if (std::ranges::count(path, '/') < deepest && tree.list(path)) {
            folders.push_back(std::move(path));
        } else if (meaning_of(path)) {
            // What can not be read is a field without a value.
            into.push_back({.path = path, .text = tree.read(path).value_or("")});
        }
    }
    return {};
}

Result<ResctrlFile> single_file(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const Tree folder(slash == std::string::npos ? "." : path.substr(0, slash));
    auto text = folder.read(slash == std::string::npos ? path : path.substr(slash + 1));
    if (!text) {
        return std::unexpected(std::move(text).error());
    }
    return ResctrlFile{.path = path, .text = std::move(*text)};
}

std::optional<std::variant<double, std::int64_t, std::uint64_t, std::string>> value_in(
    const Meaning& meaning, std::string_view text) {
    if (meaning.number) {
        const auto number = parse_mbm(text);
        return number ? std::optional(*number) : std::nullopt;
    }
    std::string words(trimmed(text.substr(0, text.find('\0'))));
    std::ranges::replace(words, '\n', ' ');
    return words.empty() ? std::nullopt : std::optional(printable(words, 256));
}

}  // namespace

Result<std::vector<ResctrlFile>> resctrl_files(const std::string& path) {
    std::vector<ResctrlFile> files;
    const Tree tree(path);
    if (!tree.list("")) {
        auto file = single_file(path);
        if (!file) {
            return std::unexpected(std::move(file).error());
        }
        files.push_back(std::move(*file));
        return files;
    }
    std::vector<std::string> folders{""};
    for (std::size_t at = 0; at < folders.size(); ++at) {
        const std::string folder = folders[at];  // The list grows meanwhile.
        if (const Result<> found = collect(tree, folder, folders, files); !found) {
            return std::unexpected(found.error());
        }
    }
    std::ranges::sort(files, {}, &ResctrlFile::path);
    return files;
}

std::vector<DecodedField> decode_resctrl(std::span<const ResctrlFile> files) {
    std::vector<DecodedField> fields;
    for (const ResctrlFile& file : files) {
        if (const auto meaning = meaning_of(file.path)) {
            fields.push_back({.name = printable(file.path, 256),
                              .unit = std::string(meaning->unit),
                              .value = value_in(*meaning, file.text)});
        }
    }
    return fields;
}

}  // namespace penstock
