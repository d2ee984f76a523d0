// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/gather.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/doctor/machine.h"

namespace penstock::test {
namespace {

using doctor::DeviceFile;
using doctor::Facts;
using testing::Contains;
using testing::HasSubstr;

TEST(Gather, reads_the_drivers_parameters) {
    Machine machine;
    machine.parameter("enforce_isolation", "N");
    const Facts facts = machine.facts();
    EXPECT_TRUE(facts.module.loaded);
    EXPECT_TRUE(facts.module.version.absent());
    EXPECT_EQ(facts.module.cwsr_enable.value, 1);
    EXPECT_EQ(facts.module.sched_policy.value, 0);
    EXPECT_EQ(facts.module.hws_max_conc_proc.value, -1);
    EXPECT_EQ(facts.module.queue_preemption_timeout_ms.value, 9000);
    EXPECT_EQ(facts.module.enforce_isolation.value, 0);
}

TEST(Gather, reads_the_kernels_settings) {
    const Facts facts = Machine().facts();
    EXPECT_EQ(facts.kernel.release.value, "6.12.117+deb12-amd64");
    EXPECT_EQ(facts.kernel.version, (doctor::KernelVersion{6, 12, 117}));
    EXPECT_EQ(facts.kernel.ptrace_scope.value, 1);
    EXPECT_EQ(facts.kernel.lockdown.value, "none");
    EXPECT_TRUE(facts.kernel.vmlinux_btf);
    EXPECT_TRUE(facts.kernel.amdgpu_btf);
    EXPECT_EQ(facts.render_group, render_gid);
}

TEST(Gather, finds_the_true_version_of_a_debian_kernel) {
    Machine machine;
    machine.kernel("6.1.0-56-amd64");
    machine.write("proc/version", "Linux version 6.1.0-56-amd64 #1 SMP Debian 6.1.192-2 (2026)\n");
    EXPECT_EQ(machine.facts().kernel.version, (doctor::KernelVersion{6, 1, 192}));
}

TEST(Gather, lists_devices_but_no_processors) {
    Machine machine;
    machine.recorded_topology("mi308x");
    const Facts facts = machine.facts();
    ASSERT_EQ(facts.devices.size(), 2U) << facts.topology_failure;
    EXPECT_EQ(facts.devices[0].node.name, "gfx942");
    EXPECT_EQ(facts.devices[0].node.gpu_id, 24248U);
    EXPECT_EQ(facts.devices[1].node.gpu_id, 41657U);
}

TEST(Gather, reads_the_isolation_of_each_partition) {
    Machine machine;
    machine.device({}, 1);
    machine.device({}, 2);
    machine.write("sys/class/drm/renderD128/device/enforce_isolation", "0 1 0 0\n");
    machine.write("sys/class/drm/renderD129/device/enforce_isolation", "0 nonsense\n");
    const Facts facts = machine.facts();
    ASSERT_EQ(facts.devices.size(), 2U);
    EXPECT_EQ(facts.devices[0].enforce_isolation.value, 1);
    EXPECT_FALSE(facts.devices[1].enforce_isolation.value);
    EXPECT_EQ(facts.devices[1].enforce_isolation.failure, EINVAL);
}

TEST(Gather, tells_the_emulators_file_from_others) {
    Machine machine;
    EXPECT_EQ(machine.facts().file.kind, DeviceFile::Kind::absent);
    machine.write("dev/kfd", "");
    EXPECT_EQ(machine.facts().file.kind, DeviceFile::Kind::emulator);
    machine.remove("dev/kfd");
    machine.write("dev/kfd/inside", "");
    EXPECT_EQ(machine.facts().file.kind, DeviceFile::Kind::other);
}

TEST(Gather, takes_the_emulators_mount_as_a_root) {
    Machine machine;
    machine.write("kfd", "");
    EXPECT_EQ(machine.facts().file.kind, DeviceFile::Kind::emulator);
}

TEST(Gather, sees_a_machine_without_the_driver) {
    const fakes::ScratchTree empty;
    const Facts facts = doctor::gather(Tree(empty.root()));
    EXPECT_FALSE(facts.module.loaded);
    EXPECT_TRUE(facts.module.cwsr_enable.absent());
    EXPECT_EQ(facts.file.kind, DeviceFile::Kind::absent);
    EXPECT_TRUE(facts.devices.empty());
    EXPECT_THAT(facts.topology_failure, HasSubstr("No such file"));
    EXPECT_FALSE(facts.kernel.version);
    EXPECT_FALSE(facts.caller);
}

TEST(Gather, knows_who_asks) {
    const doctor::Caller caller = doctor::this_caller();
    EXPECT_EQ(caller.uid, ::geteuid());
    EXPECT_THAT(caller.groups, Contains(::getegid()));
}

}  // namespace
}  // namespace penstock::test
