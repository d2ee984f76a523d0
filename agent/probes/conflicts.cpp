// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/conflicts.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace penstock {
namespace {

using doctor::Finding;
using doctor::State;

// The flags of every processor are in it: megabytes on large machines. The first one's will do.
constexpr std::size_t longest_cpuinfo = 4 * 1024 * 1024;
constexpr std::size_t most_processes = 65536;

std::optional<std::string> text_of(Machine& machine, const std::string& path) {
    const auto text = machine.read(path);
    return text ? std::optional(printable(trimmed(*text), 200)) : std::nullopt;
}

bool has_flag(Machine& machine, std::string_view flag) {
    const auto cpus = machine.read("proc/cpuinfo", longest_cpuinfo);
    if (!cpus) {
        return false;
    }
    const std::string text = "\n" + *cpus;
    const std::size_t from = text.find("\nflags");
    if (from == std::string::npos) {
        return false;
    }
    const std::string_view behind = std::string_view(text).substr(from + 1);
    const auto words = split(behind.substr(0, behind.find('\n')), ' ');
    return std::ranges::find(words, flag) != words.end();
}

std::optional<Finding> pcm_running(Machine& machine) {
    const auto names = machine.list("proc");
    std::size_t looked_at = 0;
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
        if (!parse_number<std::uint32_t>(name) || ++looked_at > most_processes) {
            continue;
        }
        const auto program = text_of(machine, "proc/" + name + "/comm");
        if (program && (*program == "pcm" || program->starts_with("pcm-"))) {
            return Finding{.subject = "Intel PCM",
                           .state = State::limited,
                           .found = *program + " runs as process " + name,
                           .consequence =
                               "it programs the counters that perf reads too: both "
                               "may count wrongly",
                           .change = "end it, or let Penstock run it instead"};
        }
    }
    return std::nullopt;
}

std::optional<Finding> watchdog(Machine& machine) {
    if (text_of(machine, "proc/sys/kernel/nmi_watchdog") != "1") {
        return std::nullopt;
    }
    return Finding{.subject = "NMI watchdog",
                   .state = State::limited,
                   .found = "kernel.nmi_watchdog = 1",
                   .consequence =
                       "it takes one counter of each processor core; those of memory "
                       "controllers are not concerned",
                   .change = "sysctl kernel.nmi_watchdog=0, if a source lacks counters"};
}

std::optional<Finding> paranoia(Machine& machine) {
    const auto text = text_of(machine, "proc/sys/kernel/perf_event_paranoid");
    if (!text) {
        return Finding{.subject = "perf",
                       .state = State::broken,
                       .found = "no /proc/sys/kernel/perf_event_paranoid",
                       .consequence = "this kernel has no perf: no memory controller is counted",
                       .change = "a kernel with CONFIG_PERF_EVENTS"};
    }
    const auto level = parse_number<int>(*text);
    if (level && *level <= 0) {
        return std::nullopt;
    }
    return Finding{.subject = "perf",
                   .state = level ? State::limited : State::unknown,
                   .found = "kernel.perf_event_paranoid = " + *text,
                   .consequence =
                       "whole processors are counted only with CAP_PERFMON, which the "
                       "agent's unit grants",
                   .change = "for an agent without it: sysctl kernel.perf_event_paranoid=0"};
}

std::optional<Finding> lockdown(Machine& machine) {
    const auto text = text_of(machine, "sys/kernel/security/lockdown");
    if (!text || text->contains("[none]")) {
        return std::nullopt;
    }
    return Finding{.subject = "kernel lockdown",
                   .state = State::limited,
                   .found = *text,
                   .consequence =
                       "nobody writes model specific registers: PCM can not work, perf "
                       "can",
                   .change = "nothing, if perf counts; otherwise start without lockdown"};
}

std::optional<Finding> unmounted_resctrl(Machine& machine) {
    const auto names = machine.list("sys/fs/resctrl");
    if ((names && !names->empty()) || !has_flag(machine, "cqm_mbm_total")) {
        return std::nullopt;
    }
    return Finding{.subject = "resctrl",
                   .state = State::limited,
                   .found = names ? "/sys/fs/resctrl is empty" : "no /sys/fs/resctrl",
                   .consequence =
                       "the processor could tell its own traffic from that of devices, "
                       "but nobody asks it",
                   .change = names ? "mount -t resctrl resctrl /sys/fs/resctrl"
                                   : "a kernel with CONFIG_X86_CPU_RESCTRL"};
}

// What shows that a hypervisor is there, and is not left over from an emulated board.
std::optional<std::string> hypervisor(Machine& machine) {
    if (const auto type = text_of(machine, "sys/hypervisor/type")) {
        return "/sys/hypervisor/type: " + *type;
    }
    if (has_flag(machine, "hypervisor")) {
        const auto vendor = text_of(machine, "sys/class/dmi/id/sys_vendor");
        return "the processor's flag \"hypervisor\"" + (vendor ? "; made by " + *vendor : "");
    }
    const auto vendor = text_of(machine, "sys/class/dmi/id/sys_vendor");
    return vendor == "QEMU" ? std::optional("made by " + *vendor) : std::nullopt;
}

std::optional<Finding> virtual_machine(Machine& machine) {
    const auto found = hypervisor(machine);
    if (!found) {
        return std::nullopt;
    }
    return Finding{.subject = "virtual machine",
                   .state = State::limited,
                   .found = *found,
                   .consequence =
                       "memory controllers and energy are the host's and are not "
                       "counted here; the processor's model may be made up",
                   .change = "run on the host, or measure there"};
}

}  // namespace

std::vector<Finding> find_conflicts(Machine& machine) {
    std::vector<Finding> findings;
    for (const auto& look :
         {pcm_running, watchdog, paranoia, lockdown, unmounted_resctrl, virtual_machine}) {
        if (auto finding = look(machine)) {
            findings.push_back(std::move(*finding));
        }
    }
    return findings;
}

}  // namespace penstock
