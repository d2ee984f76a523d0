// SPDX-License-Identifier: Apache-2.0
//
// Facts: what the files of a machine say about its driver, devices and permissions, before anybody
// judges it. examine() does that, so that every conclusion can be tested without the machine.

#pragma once

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kmod-helpers/doctor/kernel_version.h"
#include "kmod-helpers/topology.h"

namespace penstock::doctor {

// What one file says. Without a value the errno tells why; ENOENT: there is no such file.
template <typename T>
struct Fact {
    std::optional<T> value{};
    int failure = ENOENT;

    [[nodiscard]] bool absent() const { return !value && failure == ENOENT; }
};

using Number = Fact<std::int64_t>;

// amdgpu.sched_policy: the driver itself puts queues on the device.
inline constexpr std::int64_t sched_policy_without_hws = 2;

// /sys/module/amdgpu. The parameters are absent in a driver that is too old for them.
struct ModuleFacts {
    bool loaded = false;
    Fact<std::string> version{};  // Only a driver from outside the kernel's tree writes one.
    Number cwsr_enable{};
    Number sched_policy{};
    Number hws_max_conc_proc{};
    Number queue_preemption_timeout_ms{};
    Number enforce_isolation{};  // N is 0 and Y is 1: a truth value in some kernels.
};

// /dev/kfd.
struct DeviceFile {
    enum class Kind : std::uint8_t { absent, driver, emulator, other };

    Kind kind = Kind::absent;
    int failure = ENOENT;  // Meaningful while absent.
    std::uint32_t mode = 0;
    std::uint32_t group = 0;
};

struct KernelFacts {
    Fact<std::string> release{};
    std::optional<KernelVersion> version{};
    Number ptrace_scope{};  // Absent without Yama.
    Fact<std::string> lockdown{};
    Number perf_event_paranoid{};
    Number unprivileged_bpf_disabled{};
    bool vmlinux_btf = false;
    bool amdgpu_btf = false;
};

// Who asks.
struct Caller {
    std::uint32_t uid = 0;
    std::vector<std::uint32_t> groups{};
};

struct DeviceFacts {
    kfd::TopologyNode node{};
    Number enforce_isolation{};  // 1 when any of its partitions has it.
};

struct Facts {
    ModuleFacts module{};
    DeviceFile file{};
    KernelFacts kernel{};
    std::optional<std::uint32_t> render_group{};
    std::optional<Caller> caller{};  // Absent when the files are another machine's.
    std::vector<DeviceFacts> devices{};
    std::string topology_failure{};  // Why there are none; "" when the files could be read.
    // KFD's interface, 1.x: only an ioctl(2) tells, so that files alone leave it open.
    std::optional<std::uint32_t> abi_minor{};
};

}  // namespace penstock::doctor
