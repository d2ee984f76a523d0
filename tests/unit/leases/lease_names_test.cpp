// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/lease_names.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(LeaseNames, of_resources_are_read_as_they_are_written) {
    for (const char* name : {"dram", "dram-read", "dram-write", "pcie-h2d", "pcie-d2h"}) {
        const auto resource = lease_resource_named(name);
        ASSERT_TRUE(resource) << name;
        EXPECT_EQ(name_of(*resource), name);
    }
    EXPECT_FALSE(lease_resource_named("DRAM"));
    EXPECT_FALSE(lease_resource_named(""));
    EXPECT_EQ(lease_resource_list(), "dram, dram-read, dram-write, pcie-h2d, pcie-d2h");
}

TEST(LeaseNames, of_classes_are_read_as_they_are_written) {
    for (const char* name : {"critical", "normal", "stream", "background"}) {
        const auto lease_class = lease_class_named(name);
        ASSERT_TRUE(lease_class) << name;
        EXPECT_EQ(name_of(*lease_class), name);
    }
    EXPECT_FALSE(lease_class_named("urgent"));
}

TEST(LeaseResources, that_read_and_write_share_a_budget_and_directions_do_not) {
    EXPECT_EQ(pool_kind_of(LeaseResource::dram_read), LeasePool::Kind::memory);
    EXPECT_EQ(pool_kind_of(LeaseResource::dram_write), LeasePool::Kind::memory);
    EXPECT_EQ(pool_kind_of(LeaseResource::pcie_h2d), LeasePool::Kind::to_device);
    EXPECT_EQ(pool_kind_of(LeaseResource::pcie_d2h), LeasePool::Kind::from_device);
}

TEST(LeaseClasses, follow_from_those_of_owners_in_the_same_order) {
    EXPECT_EQ(lease_class_of(ServiceClass::latency), LeaseClass::critical);
    EXPECT_EQ(lease_class_of(ServiceClass::normal), LeaseClass::normal);
    EXPECT_EQ(lease_class_of(ServiceClass::batch), LeaseClass::stream);
    EXPECT_EQ(lease_class_of(ServiceClass::idle), LeaseClass::background);
}

}  // namespace
}  // namespace penstock
