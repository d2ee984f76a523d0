// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/recording/base64.h"

#include <gtest/gtest.h>

namespace penstock::recording {
namespace {

TEST(Base64, is_that_of_the_standard) {
    EXPECT_EQ(to_base64(""), "");
    EXPECT_EQ(to_base64("f"), "Zg==");
    EXPECT_EQ(to_base64("fo"), "Zm8=");
    EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(to_base64(std::string("\0\xff\xfe", 3)), "AP/+");
}

TEST(Base64, gives_back_every_byte) {
    std::string bytes;
    for (int round = 0; round < 7; ++round) {
        for (int byte = 0; byte < 256; ++byte) {
            bytes += static_cast<char>(byte);
        }
        bytes += 'x';
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes) << bytes.size();
    }
}

TEST(Base64, refuses_what_is_none) {
    for (const char* wrong :
         {"Z", "Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9-", "Zh==", "Zm9=", "=Zg="}) {
        EXPECT_FALSE(from_base64(wrong)) << wrong;
    }
    EXPECT_EQ(from_base64(""), "");
}

}  // namespace
}  // namespace penstock::recording
