// SPDX-License-Identifier: Apache-2.0

#include "base/text.h"
#include "kmod-helpers/doctor/driver_age.h"
#include "kmod-helpers/doctor/sections.h"

namespace penstock::doctor {
namespace {

constexpr std::int64_t ptrace_for_nobody = 3;

std::string text_of(const KernelVersion& version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor) +
           (version.patch ? "." + std::to_string(*version.patch) : "");
}

// What a conclusion rests on.
std::string evidence(const Facts& facts) {
    if (!of_the_kernel(facts)) {
        return "a driver that is not this kernel's";
    }
    const auto& version = facts.kernel.version;
    return version ? "Linux " + text_of(*version) : found_text(facts.kernel.release);
}

std::string evidence_with_abi(const Facts& facts) {
    return facts.abi_minor ? "KFD 1." + std::to_string(*facts.abi_minor) : evidence(facts);
}

Finding release(const Facts& facts) {
    Finding finding{.subject = "kernel", .found = found_text(facts.kernel.release)};
    const auto& version = facts.kernel.version;
    if (!version) {
        finding.state = State::unknown;
    } else if (!finding.found.starts_with(text_of(*version))) {
        finding.found += ", which is " + text_of(*version);
    }
    return finding;
}

Finding debug_trap(const Facts& facts) {
    Finding finding{.subject = "queue debugging (DBG_TRAP)", .found = evidence_with_abi(facts)};
    switch (has_debug_trap(facts)) {
        case Answer::yes:
            break;
        case Answer::no:
            finding.state = State::limited;
            finding.consequence =
                "Queues of programs that do not cooperate cannot be suspended: "
                "such a program can only be evicted as a whole.";
            finding.change = "run Linux 6.5 or later";
            break;
        case Answer::unknown:
            finding.state = State::unknown;
            break;
    }
    return finding;
}

Finding detaching(const Facts& facts) {
    Finding finding{.subject = "debugger may detach", .found = evidence(facts)};
    switch (debugger_may_detach(facts)) {
        case Answer::yes:
            break;
        case Answer::no:
            finding.state = State::limited;
            finding.consequence =
                "The gate stays attached to each program it can suspend, so that "
                "gdb and strace cannot attach to it meanwhile.";
            finding.change = "run Linux 6.12.103 or later";
            break;
        case Answer::unknown:
            finding.state = State::unknown;
            finding.consequence = "The gate finds out when it attaches to the first program.";
            break;
    }
    return finding;
}

Finding evicting(const Facts& facts) {
    Finding finding{.subject = "whole-process eviction", .found = evidence(facts)};
    if (has_process_evict(facts) == Answer::no) {
        finding.state = State::limited;
        finding.consequence =
            "Programs that do not cooperate cannot be preempted on this kernel "
            "unless it has queue debugging.";
        finding.change = "run Linux 5.18 or later";
        return finding;
    }
    switch (second_evict_wedges(facts)) {
        case Answer::no:
            break;
        case Answer::yes:
            finding.state = State::limited;
            finding.consequence =
                "A program that is evicted twice never runs again: Penstock never "
                "does that, but CRIU at the same time would.";
            finding.change = "run Linux 6.12.116 or later, or keep CRIU away from such programs";
            break;
        case Answer::unknown:
            finding.state = State::unknown;
            break;
    }
    return finding;
}

Finding ptrace_scope(const Number& fact) {
    Finding finding{.subject = "kernel.yama.ptrace_scope", .found = found_text(fact)};
    if (fact.absent()) {
        finding.found = "absent: Yama does not restrict ptrace";
    } else if (!fact.value) {
        finding.state = State::unknown;
    } else if (*fact.value == ptrace_for_nobody) {
        finding.state = State::broken;
        finding.consequence =
            "Nobody may attach to a program, so only programs that cooperate can be preempted.";
        finding.change =
            "set kernel.yama.ptrace_scope=1 in /etc/sysctl.d and reboot: 3 cannot be "
            "lowered while the machine runs";
    }
    return finding;
}

}  // namespace

void examine_kernel(const Facts& facts, Findings& into) {
    into.push_back(release(facts));
    if (facts.file.kind != DeviceFile::Kind::absent) {
        into.push_back(debug_trap(facts));
        into.push_back(detaching(facts));
        into.push_back(evicting(facts));
    }
    if (!facts.kernel.release.absent()) {
        into.push_back(ptrace_scope(facts.kernel.ptrace_scope));
    }
}

}  // namespace penstock::doctor
