// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/resctrl/mbm_counters.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "agent/probes/resctrl/mbm_text.h"

namespace penstock {
namespace {

// More than the RMIDs of any processor.
constexpr std::size_t most_groups = 4096;

// In bytes per second through one L3 cache: no processor comes near. A counter that became readable
// again within the kernel's own sum would show up as such a leap.
constexpr double fastest = 1e13;
constexpr double slack_s = 0.1;

// The root and the control groups. What resctrl shows for each of them contains the monitoring
// groups below it, which are therefore not added; what it shows for the root does not contain the
// other control groups.
Result<std::vector<std::string>> control_groups(Machine& machine) {
    const auto names = machine.list(resctrl_root);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<std::string> groups{resctrl_root};
    for (const std::string& name : *names) {
        const std::string folder = std::string(resctrl_root) + "/" + name;
        if (name != "info" && name != "mon_groups" && name != "mon_data" &&
            machine.list(folder + "/mon_data")) {
            groups.push_back(folder);
        }
        if (groups.size() > most_groups) {
            return fail("resctrl has more than " + std::to_string(most_groups) + " groups");
        }
    }
    std::ranges::sort(groups);
    return groups;
}

}  // namespace

Result<> MbmCounters::survey(Machine& machine) {
    auto groups = control_groups(machine);
    if (!groups) {
        return std::unexpected(std::move(groups).error());
    }
    std::erase_if(counters_, [&](const Counter& counter) {
        return !std::ranges::binary_search(*groups, counter.group);
    });
    std::vector<std::string> known;
    known.swap(groups_);
    for (const std::string& group : *groups) {
        const bool is_new = !std::ranges::binary_search(known, group);
        if (Result<> opened = is_new ? open_group(machine, group) : Result<>{}; !opened) {
            return opened;
        }
        groups_.push_back(group);
    }
    if (counters_.empty()) {
        return fail("resctrl counts no memory traffic on this processor: it has no MBM");
    }
    return {};
}

Result<> MbmCounters::open_group(Machine& machine, const std::string& group) {
    const auto domains = mbm_domains(machine, group);
    if (!domains) {
        return {};  // Gone already.
    }
    for (const MbmDomain& domain : *domains) {
        const auto node = node_of(domain);
        if (!node) {
            return fail("sysfs does not tell the memory node of L3 cache " +
                        std::to_string(domain.l3));
        }
        Result<PolledText> text = PolledText::open(machine, domain.path);
        if (!text && text.error().code != ENOENT && text.error().code != ENODEV) {
            return std::unexpected(std::move(text).error());
        }
        if (text) {
            counters_.push_back({.group = group, .node = *node, .text = std::move(*text)});
        }
    }
    return {};
}

std::optional<std::size_t> MbmCounters::node_of(const MbmDomain& domain) {
    const auto number = domain.node ? domain.node : places_.of_l3(domain.l3);
    if (!number) {
        return std::nullopt;
    }
    const auto found = std::ranges::find(nodes_, *number, &Node::number);
    if (found != nodes_.end()) {
        return static_cast<std::size_t>(found - nodes_.begin());
    }
    nodes_.push_back({.number = *number});
    return nodes_.size() - 1;
}

bool MbmCounters::read(TimePoint now) {
    const double passed_s = read_at_ ? std::chrono::duration<double>(now - *read_at_).count() : 0;
    read_at_ = now;
    for (Node& node : nodes_) {
        node.known = true;
    }
    bool all_there = true;
    for (Counter& counter : counters_) {
        all_there = advance(counter, fastest * (std::max(passed_s, 0.0) + slack_s)) && all_there;
    }
    return all_there;
}

// Adds what the counter has counted since its last reading; false when its group is gone.
bool MbmCounters::advance(Counter& counter, double most_bytes) {
    Node& node = nodes_[counter.node];
    const auto lose = [&](Origin why) {
        node.known = false;
        node.why = std::move(why);
    };
    const auto text = counter.text.read();
    if (!text) {
        counter.last.reset();
        lose(why_mbm_failed(text.error()));
        return text.error() != ENODEV && text.error() != ENOENT;
    }
    const auto bytes = parse_mbm(*text);
    if (!bytes) {
        counter.last.reset();
        lose(bytes.error());
        return true;
    }
    const std::uint64_t before = std::exchange(counter.last, *bytes).value_or(*bytes);
    if (*bytes < before) {
        lose("resctrl: a monitoring group has gone, and with it what it had counted");
    } else if (static_cast<double>(*bytes - before) > most_bytes) {
        lose("resctrl: it counted more than memory can move");
    } else {
        node.bytes += *bytes - before;
    }
    return true;
}

}  // namespace penstock
