// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/device_choice.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace penstock::workload {
namespace {

namespace fs = std::filesystem;

class DeviceChoice : public testing::Test {
  protected:
    void TearDown() override { fs::remove_all(root_); }

    void node(const std::string& number, const std::string& gpu_id) {
        const fs::path directory = root_ / "class/kfd/kfd/topology/nodes" / number;
        fs::create_directories(directory);
        std::ofstream(directory / "gpu_id") << gpu_id << "\n";
    }

    Result<std::uint32_t> chosen(std::uint32_t asked = 0) const {
        return choose_gpu(Tree(root_.string()), asked);
    }

    fs::path root_ =
        fs::path(testing::TempDir()) / ("device_choice_test." + std::to_string(::getpid()));
};

TEST_F(DeviceChoice, is_what_was_asked_for) {
    EXPECT_EQ(chosen(77), 77U);
}

TEST_F(DeviceChoice, passes_over_processors) {
    node("0", "0");
    node("1", "51432");
    EXPECT_EQ(chosen(), 51432U);
}

TEST_F(DeviceChoice, goes_by_the_number_of_the_node_and_not_by_its_name) {
    node("10", "1010");
    node("9", "909");
    EXPECT_EQ(chosen(), 909U);
}

TEST_F(DeviceChoice, passes_over_what_makes_no_sense) {
    node("1", "many");
    node("2", "3");
    EXPECT_EQ(chosen(), 3U);
}

TEST_F(DeviceChoice, says_when_there_is_none) {
    node("0", "0");
    const Result<std::uint32_t> none = chosen();
    ASSERT_FALSE(none);
    EXPECT_TRUE(none.error().message().starts_with("no device in ")) << none.error().message();
}

TEST_F(DeviceChoice, says_when_there_is_no_topology) {
    const Result<std::uint32_t> none = chosen();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ENOENT);
}

}  // namespace
}  // namespace penstock::workload
