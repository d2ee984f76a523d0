// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <linux/capability.h>

#include <cerrno>

#include "kmod-helpers/emulator/driver/vendor_ioctls.h"
#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {
namespace {

constexpr std::uint32_t client = 100;
constexpr std::uint32_t agent = 500;
constexpr auto preempt = static_cast<kfd::Nr>(0x90);
constexpr auto resume = static_cast<kfd::Nr>(0x91);

class VendorIoctls : public testing::Test {
  protected:
    void SetUp() override {
        bench.open(client);
        bench.open(agent);
        bench.create_queue(client);
        bench.tasks.capabilities.insert({agent, CAP_SYS_ADMIN});
    }

    int call(kfd::Nr nr, std::uint32_t queue = 0, std::uint32_t pid = client) {
        VendorPreemption argument{.queue_id = queue, .preempt_type = preempt_type_save, .pid = pid};
        return bench.call(agent, nr, argument);
    }

    DriverBench bench{DriverSettings{.vendor = VendorNumbers{.preempt = 0x90, .resume = 0x91}}};
};

TEST_F(VendorIoctls, preempt_and_resume_one_queue_of_any_process) {
    EXPECT_EQ(call(preempt), 0);
    EXPECT_TRUE(bench.device->suspended.contains({client, 0}));
    EXPECT_EQ(call(preempt), 0);
    EXPECT_EQ(call(resume), 0);
    EXPECT_TRUE(bench.device->suspended.empty());
    EXPECT_EQ(call(resume), 0);
}

TEST_F(VendorIoctls, are_for_the_privileged_before_anything_else) {
    bench.tasks.capabilities.clear();
    EXPECT_EQ(call(preempt, 0, 999), -EPERM);
    EXPECT_EQ(call(resume), -EPERM);
}

TEST_F(VendorIoctls, name_what_is_wrong) {
    EXPECT_EQ(call(preempt, 0, 999), -ESRCH);
    EXPECT_EQ(call(preempt, 7), -EINVAL);
    VendorPreemption drain{.queue_id = 0, .preempt_type = 0, .pid = client};
    EXPECT_EQ(bench.call(agent, preempt, drain), -EINVAL);
}

TEST_F(VendorIoctls, fail_when_a_fault_is_armed) {
    bench.driver.inject("suspend-error 1 5\nresume-error 1 62", bench.now);
    EXPECT_EQ(call(preempt), -EIO);
    EXPECT_EQ(call(preempt), 0);
    EXPECT_EQ(call(resume), -62);
    EXPECT_EQ(call(resume), 0);
    bench.driver.inject("reset 51432", bench.now);
    EXPECT_EQ(call(preempt), -EIO);
}

TEST_F(VendorIoctls, do_not_exist_unless_configured) {
    DriverBench stock;
    stock.open(agent);
    VendorPreemption argument{.queue_id = 0, .preempt_type = preempt_type_save, .pid = agent};
    EXPECT_EQ(stock.call(agent, preempt, argument), -ENOTTY);
}

}  // namespace
}  // namespace penstock::emulator
