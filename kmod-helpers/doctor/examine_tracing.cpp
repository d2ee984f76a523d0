// SPDX-License-Identifier: Apache-2.0
//
// What lets BPF watch queues and their pointers. None of it decides whether preemption works.

#include "kmod-helpers/doctor/sections.h"

namespace penstock::doctor {
namespace {

// Some distributions' kernels know a third level and beyond.
constexpr std::int64_t first_patched_paranoia = 3;

Finding lockdown(const Fact<std::string>& fact) {
    Finding finding{.subject = "kernel lockdown", .found = found_text(fact)};
    if (fact.absent()) {
        return finding;
    }
    if (fact.value == "confidentiality") {
        finding.state = State::limited;
        finding.consequence =
            "BPF may not read kernel memory: queues are found in sysfs, pointers "
            "are sampled, and an urgent program waits a little longer.";
        finding.change = "boot with lockdown=integrity";
    } else if (fact.value != "none" && fact.value != "integrity") {
        finding.state = State::unknown;
    }
    return finding;
}

Finding paranoia(const Number& fact) {
    Finding finding{.subject = "kernel.perf_event_paranoid", .found = found_text(fact)};
    if (!fact.value) {
        finding.state = State::unknown;
    } else if (*fact.value >= first_patched_paranoia) {
        finding.state = State::limited;
        finding.consequence =
            "A patched kernel may then keep perf's counters from the agent "
            "although it has CAP_PERFMON: bandwidth shows as unknown.";
        finding.change = "sysctl kernel.perf_event_paranoid=2";
    }
    return finding;
}

Finding unprivileged_bpf(const Number& fact) {
    Finding finding{.subject = "kernel.unprivileged_bpf_disabled", .found = found_text(fact)};
    if (!fact.value) {
        finding.state = State::unknown;
    } else if (*fact.value == 0) {
        finding.consequence = "Every user may load BPF programs; Penstock does not need that.";
        finding.change = "sysctl kernel.unprivileged_bpf_disabled=2";
    }
    return finding;
}

Finding kernel_types(bool present) {
    Finding finding{.subject = "/sys/kernel/btf/vmlinux", .found = present ? "present" : "absent"};
    if (!present) {
        finding.state = State::limited;
        finding.consequence =
            "BPF cannot watch: queues are found in sysfs, pointers are sampled, "
            "and an urgent program waits a little longer.";
        finding.change = "run a kernel that is built with CONFIG_DEBUG_INFO_BTF";
    }
    return finding;
}

Finding driver_types(bool present) {
    Finding finding{.subject = "/sys/kernel/btf/amdgpu", .found = present ? "present" : "absent"};
    if (!present) {
        finding.state = State::limited;
        finding.consequence =
            "BPF watches every system call for queues instead of the driver's own "
            "functions, which costs each call some nanoseconds.";
        finding.change = "run a kernel that is built with CONFIG_DEBUG_INFO_BTF_MODULES";
    }
    return finding;
}

}  // namespace

void examine_tracing(const Facts& facts, Findings& into) {
    if (facts.kernel.release.absent()) {
        return;  // The files are not those of a whole machine: the emulator's mount.
    }
    into.push_back(lockdown(facts.kernel.lockdown));
    into.push_back(paranoia(facts.kernel.perf_event_paranoid));
    into.push_back(unprivileged_bpf(facts.kernel.unprivileged_bpf_disabled));
    into.push_back(kernel_types(facts.kernel.vmlinux_btf));
    if (facts.module.loaded && facts.file.kind != DeviceFile::Kind::emulator) {
        into.push_back(driver_types(facts.kernel.amdgpu_btf));
    }
}

}  // namespace penstock::doctor
