// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/decode/kfd_properties.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "base/text.h"
#include "base/tree.h"
#include "kmod-helpers/topology.h"

namespace penstock {
namespace {

bool is_name(std::string_view text) {
    constexpr std::size_t longest_name = 64;
    return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Result<> add_node(const Tree& root, const std::string& folder, std::vector<DecodedField>& into) {
    const Result<std::string> text = root.read(folder + "properties");
    if (!text) {
        return std::unexpected(text.error());
    }
    Result<std::vector<DecodedField>> fields = decode_kfd_properties(*text);
    if (!fields) {
        return fail(std::move(fields).error(), "read " + root.path(folder + "properties"));
    }
    for (DecodedField& field : *fields) {
        field.name.insert(0, folder);
        into.push_back(std::move(field));
    }
    return {};
}

Result<std::vector<DecodedField>> decode_file(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const Tree folder(slash == std::string::npos ? "." : path.substr(0, slash));
    const Result<std::string> text =
        folder.read(slash == std::string::npos ? path : path.substr(slash + 1));
    return text ? decode_kfd_properties(*text) : std::unexpected(text.error());
}

// Where the numbered folders lie below the path, or nothing.
Result<std::vector<std::string>> node_folders(const Tree& root) {
    constexpr std::array<std::string_view, 3> places{"", "nodes/", "topology/nodes/"};
    std::vector<std::string> found;
    for (const std::string_view place : places) {
        const auto names = root.list(std::string(place));
        if (!names) {
            continue;
        }
        for (const std::string& name : *names) {
            if (parse_number<std::uint32_t>(name)) {
                found.push_back(std::string(place) + name + "/");
            }
        }
        if (!found.empty()) {
            break;
        }
    }
    if (found.size() > kfd::max_topology_nodes) {
        return fail(E2BIG, "read the nodes in " + root.root());
    }
    return found;
}

}  // namespace

Result<std::vector<DecodedField>> decode_kfd_properties(std::string_view text) {
    std::vector<DecodedField> fields;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) {
            continue;
        }
        const std::size_t blank = std::min(line.find(' '), line.size());
        const auto value = parse_number<std::uint64_t>(trimmed(line.substr(blank)));
        if (!is_name(line.substr(0, blank)) || !value) {
            return fail("\"" + printable(line) + "\" is not a name and a number");
        }
        if (fields.size() == most_kfd_properties) {
            return fail("there are more than " + std::to_string(most_kfd_properties) +
                        " properties");
        }
        fields.push_back({.name = std::string(line.substr(0, blank)),
                          .unit = "",
                          .value = static_cast<double>(*value)});
    }
    if (fields.empty()) {
        return fail(
            "there are no properties; the kernel hides them from whoever may not use the "
            "device");
    }
    return fields;
}

Result<std::vector<DecodedField>> decode_kfd_topology(const std::string& path) {
    const Tree root(path);
    const Result<std::vector<std::string>> names = root.list("");
    if (!names && names.error().code == ENOTDIR) {
        return decode_file(path);
    }
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<DecodedField> fields;
    if (std::ranges::binary_search(*names, "properties")) {
        if (Result<> added = add_node(root, "", fields); !added) {
            return std::unexpected(std::move(added).error());
        }
        return fields;
    }
    const Result<std::vector<std::string>> folders = node_folders(root);
    if (!folders) {
        return std::unexpected(folders.error());
    }
    for (const std::string& folder : *folders) {
        if (Result<> added = add_node(root, folder, fields); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    if (fields.empty()) {
        return fail("there is no KFD node in " + path);
    }
    return fields;
}

}  // namespace penstock
