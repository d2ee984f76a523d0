// SPDX-License-Identifier: Apache-2.0
//
// Machine: the files of a machine in a folder of the test's own, from recorded or modelled parts.

#pragma once

#include <filesystem>
#include <string>

#include "kmod-helpers/doctor/gather.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock::test {

inline constexpr std::uint32_t render_gid = 104;

// Everything that a part may vary about a device; the defaults are those of a Radeon RX 7900 XTX.
struct ModelledDevice {
    std::uint32_t gfx_target_version = 110000;
    std::uint32_t simd_count = 192;
    std::uint32_t simd_per_cu = 2;
    std::uint32_t capability = 0x28079280 | 0x8000 | 0x20000000;
};

class Machine {
  public:
    // A Debian 12 with its backported kernel, amdgpu at its defaults and nothing else.
    Machine() {
        kernel("6.12.117+deb12-amd64");
        parameter("cwsr_enable", "1");
        parameter("sched_policy", "0");
        parameter("hws_max_conc_proc", "-1");
        parameter("queue_preemption_timeout_ms", "9000");
        write("proc/sys/kernel/yama/ptrace_scope", "1\n");
        write("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
        write("proc/sys/kernel/perf_event_paranoid", "2\n");
        write("proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
        write("sys/kernel/btf/vmlinux", "types");
        write("sys/kernel/btf/amdgpu", "types");
        write("etc/group", "root:x:0:\nvideo:x:44:ann\nrender:x:104:ann,bob\n");
    }

    void write(const std::string& file, const std::string& content) { tree_.write(file, content); }

    void remove(const std::string& file) { tree_.remove(file); }

    [[nodiscard]] std::string path(const std::string& file) const {
        return tree_.root() + "/" + file;
    }

    [[nodiscard]] const std::string& root() const { return tree_.root(); }

    void kernel(const std::string& release) { write("proc/sys/kernel/osrelease", release + "\n"); }

    void parameter(const std::string& name, const std::string& value) {
        write("sys/module/amdgpu/parameters/" + name, value + "\n");
    }

    // A folder below tests/machines.
    void recorded_topology(const std::string& machine) {
        std::filesystem::create_directories(path("sys/class/kfd"));
        std::filesystem::copy(std::string(PENSTOCK_MACHINES) + "/" + machine + "/kfd",
                              path("sys/class/kfd/kfd"),
                              std::filesystem::copy_options::recursive);
    }

    void device(const ModelledDevice& device, std::uint32_t node = 1) {
        const std::string folder = "sys/class/kfd/kfd/topology/nodes/" + std::to_string(node) + "/";
        write(folder + "gpu_id", std::to_string(1000 + node) + "\n");
        write(folder + "properties",
              "simd_count " + std::to_string(device.simd_count) + "\nsimd_per_cu " +
                  std::to_string(device.simd_per_cu) + "\ngfx_target_version " +
                  std::to_string(device.gfx_target_version) + "\ndrm_render_minor " +
                  std::to_string(127 + node) + "\ncapability " + std::to_string(device.capability) +
                  "\n");
    }

    [[nodiscard]] doctor::Facts facts() const { return doctor::gather(Tree(tree_.root())); }

    // A test cannot make a device file without privileges, so it says what would have been found.
    [[nodiscard]] doctor::Facts facts_with_driver() const {
        doctor::Facts facts = this->facts();
        facts.file = {.kind = doctor::DeviceFile::Kind::driver,
                      .failure = 0,
                      .mode = 0660,
                      .group = render_gid};
        return facts;
    }

  private:
    fakes::ScratchTree tree_;
};

}  // namespace penstock::test
