// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

constexpr std::size_t longest_line = 1024;

void print_lines(const nlohmann::json& report, const char* name, const char* heading) {
    const auto found = report.find(name);
    if (found == report.end() || !found->is_array()) {
        return;
    }
    for (const nlohmann::json& line : *found) {
        if (line.is_string()) {
            fmt::print("{}{}\n", heading, printable(line.get<std::string>(), longest_line));
        }
    }
}

}  // namespace

Outcome<> run(AgentClient& agent, const Reload& /*verb*/) {
    const Outcome<nlohmann::json> report = agent.reload();
    if (!report) {
        return std::unexpected(report.error());
    }
    if (report->is_object()) {
        print_lines(*report, "warnings", "");
        print_lines(*report, "needs-restart", "holds from the next start: ");
        const auto rules = report->find("rules");
        if (rules != report->end() && rules->is_number_unsigned()) {
            fmt::print("the configuration was read again: {} rules\n", rules->get<std::uint32_t>());
        }
    }
    return {};
}

}  // namespace penstock::ctl
