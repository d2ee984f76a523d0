// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/kfd_client.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>

namespace penstock::workload {
namespace {

TEST(KfdClient, says_when_there_is_no_device) {
    const Result<KfdClient> client = KfdClient::open("/nowhere/kfd");
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, ENOENT);
    EXPECT_NE(client.error().message().find("/nowhere/kfd"), std::string::npos);
}

TEST(KfdClient, says_when_the_file_is_no_device) {
    const Result<KfdClient> client = KfdClient::open("/dev/null");
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, ENOTTY);
    EXPECT_TRUE(client.error().message().starts_with("ask /dev/null for its version"));
}

}  // namespace
}  // namespace penstock::workload
