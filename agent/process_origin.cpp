// SPDX-License-Identifier: Apache-2.0

#include "agent/process_origin.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t longest_command = 4096;

bool is_unit(std::string_view component) {
    return component.ends_with(".service") || component.ends_with(".scope");
}

// The line of the unified hierarchy, or else that in which systemd keeps its own tree.
std::string_view own_hierarchy(std::string_view file) {
    std::string_view named;
    for (const std::string_view line : split(file, '\n')) {
        if (line.starts_with("0::/") && line != "0::/") {
            return line.substr(3);
        }
        const std::size_t at = line.find(":name=systemd:/");
        if (at != std::string_view::npos) {
            named = line.substr(line.find('/', at));
        }
    }
    return named;
}

std::string read_command(const Tree& proc, const std::string& pid) {
    auto bytes = proc.read(pid + "/cmdline", longest_command);
    if (!bytes) {
        return "";  // Also one that is too long: half of it could match what the whole would not.
    }
    while (!bytes->empty() && bytes->back() == '\0') {
        bytes->pop_back();
    }
    std::ranges::replace(*bytes, '\0', ' ');
    return printable(*bytes, longest_command);
}

}  // namespace

ProcessOrigin shown_of(const config::Identity& identity) {
    return {.executable = printable(identity.program, ProcessOrigin::longest),
            .control_group = printable(identity.cgroup, ProcessOrigin::longest),
            .unit = printable(identity.unit, ProcessOrigin::longest)};
}

void place_in_groups(std::string_view cgroup_file, config::Identity& identity) {
    const std::string_view path = own_hierarchy(cgroup_file);
    std::string whole;
    for (const std::string_view component : split(path, '/')) {
        if (component.empty()) {
            continue;
        }
        whole.append("/").append(component);
        if (is_unit(component)) {
            identity.unit = printable(component, whole.size());
            break;
        }
        if (component.ends_with(".slice")) {
            identity.slice = printable(component, whole.size());
        }
    }
    identity.cgroup = printable(whole, whole.size());
}

std::string only_uid(std::string_view status_file) {
    constexpr std::size_t kinds = 3;  // Real, effective, saved; the fourth is of file systems.
    const auto line = value_of(status_file, "Uid");
    if (!line) {
        return "";
    }
    const std::vector<std::string_view> uids = split(trimmed(*line), '\t');
    const bool same =
        uids.size() > kinds && parse_number<std::uint32_t>(uids[0]) &&
        std::ranges::all_of(uids, [&](std::string_view uid) { return uid == uids[0]; });
    return same ? std::string(uids[0]) : "";
}

void add_user_and_command(const Tree& proc, std::uint32_t pid, config::Identity& identity) {
    const std::string folder = std::to_string(pid);
    identity.command = read_command(proc, folder);
    if (const auto status = proc.read(folder + "/status")) {
        identity.user = only_uid(*status);
    }
}

config::Identity origin_of(const Tree& proc, std::uint32_t pid) {
    const std::string folder = std::to_string(pid);
    config::Identity identity;
    if (const auto groups = proc.read(folder + "/cgroup")) {
        place_in_groups(*groups, identity);
    }
    std::error_code unreadable;  // Leaves the path empty.
    const auto program = std::filesystem::read_symlink(proc.path(folder + "/exe"), unreadable);
    identity.program = printable(program.native(), program.native().size());
    return identity;
}

}  // namespace penstock
