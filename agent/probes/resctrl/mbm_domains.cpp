// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/resctrl/mbm_domains.h"

#include <algorithm>
#include <cerrno>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t most_domains = 1024;
constexpr std::string_view total = "mbm_total_bytes";

std::optional<std::uint32_t> number_behind(std::string_view prefix, std::string_view name) {
    return name.starts_with(prefix) ? parse_number<std::uint32_t>(name.substr(prefix.size()))
                                    : std::nullopt;
}

// The sums of a divided cache are left out, so that nothing counts twice.
void add_domains(Machine& machine,
                 const std::string& folder,
                 std::uint32_t l3,
                 std::vector<MbmDomain>& into) {
    const auto names = machine.list(folder);
    if (!names) {
        return;
    }
    const auto counter_in = [&folder](const std::string& name) {
        return folder + "/" + name + "/" + std::string(total);
    };
    bool divided = false;
    for (const std::string& name : *names) {
        if (const auto node = number_behind("mon_sub_L3_", name)) {
            divided = true;
            into.push_back({.l3 = l3, .node = node, .path = counter_in(name)});
        }
    }
    if (!divided && std::ranges::find(*names, total) != names->end()) {
        into.push_back({.l3 = l3, .path = folder + "/" + std::string(total)});
    }
}

}  // namespace

Result<std::vector<MbmDomain>> mbm_domains(Machine& machine, const std::string& group) {
    const std::string folder = group + "/mon_data/";
    const auto names = machine.list(folder);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<MbmDomain> domains;
    for (const std::string& name : *names) {
        const auto l3 = number_behind("mon_L3_", name);
        if (l3) {
            add_domains(machine, folder + name, *l3, domains);
        }
        if (domains.size() > most_domains) {
            return fail(folder + " has more than " + std::to_string(most_domains) + " domains");
        }
    }
    return domains;
}

std::optional<std::string> resctrl_trouble(Machine& machine) {
    const auto names = machine.list(resctrl_root);
    if (!names) {
        return names.error().code == ENOENT
                   ? "this kernel or processor has no resctrl: there is no /sys/fs/resctrl"
                   : names.error().message();
    }
    if (names->empty()) {
        return "resctrl is not mounted: mount -t resctrl resctrl /sys/fs/resctrl";
    }
    if (std::ranges::find(*names, "mon_data") == names->end()) {
        return "resctrl monitors nothing on this processor: it has no mon_data";
    }
    return std::nullopt;
}

}  // namespace penstock
