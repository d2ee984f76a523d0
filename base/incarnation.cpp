// SPDX-License-Identifier: Apache-2.0

#include "base/incarnation.h"

#include <algorithm>

#include "base/text.h"

namespace penstock {

std::optional<std::uint64_t> start_ticks(std::string_view stat) {
    // The command in brackets may itself hold brackets and blanks; field 3 follows the last one.
    constexpr std::size_t start_after_command = 22 - 2;
    const std::size_t bracket = std::min(stat.rfind(')'), stat.size());
    const auto fields = split(stat.substr(bracket), ' ');
    return fields.size() > start_after_command
               ? parse_number<std::uint64_t>(fields[start_after_command])
               : std::nullopt;
}

Result<Incarnation> Incarnation::of(const Tree& proc, std::uint32_t pid) {
    const std::string name = std::to_string(pid) + "/stat";
    const Result<std::string> stat = proc.read(name);
    if (!stat) {
        return std::unexpected(stat.error());
    }
    const auto ticks = penstock::start_ticks(*stat);
    if (!ticks) {
        return fail(proc.path(name) + " has no start time");
    }
    return Incarnation{.pid = pid, .start_ticks = *ticks};
}

Result<std::uint32_t> own_pid(const Tree& proc, std::uint32_t pid) {
    const std::string name = std::to_string(pid) + "/status";
    const Result<std::string> status = proc.read(name);
    if (!status) {
        return std::unexpected(status.error());
    }
    // From the outermost namespace to the process' own.
    const auto line = value_of(*status, "NSpid");
    const auto own = line ? parse_number<std::uint32_t>(split(*line, '\t').back()) : std::nullopt;
    if (!own) {
        return fail(proc.path(name) + " has no pid");
    }
    return *own;
}

}  // namespace penstock
