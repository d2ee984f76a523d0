// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "agent/probes/calibration/calibration_file.h"
#include "tests/fakes/temporary_tree.h"
#include "tests/unit/calibration/sample.h"

namespace penstock::calibration {
namespace {

using testing::HasSubstr;

class CalibrationFile : public ::testing::Test {
  protected:
    [[nodiscard]] std::string path(const std::string& name) const {
        return tree_.root() + "/" + name;
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& each : std::filesystem::directory_iterator(tree_.root())) {
            found.push_back(each.path().filename());
        }
        return found;
    }

    fakes::TemporaryTree tree_;
};

TEST_F(CalibrationFile, is_loaded_as_it_was_stored) {
    ASSERT_TRUE(store_calibration(path("calibration"), test::sample()));
    EXPECT_EQ(load_calibration(path("calibration")), test::sample());
    EXPECT_THAT(names(), testing::ElementsAre("calibration"));
}

TEST_F(CalibrationFile, replaces_an_older_one) {
    tree_.write("calibration", "of another time");
    ASSERT_TRUE(store_calibration(path("calibration"), test::sample()));
    EXPECT_TRUE(load_calibration(path("calibration")));
    EXPECT_THAT(names(), testing::ElementsAre("calibration"));
}

TEST_F(CalibrationFile, can_be_read_by_everybody) {
    ASSERT_TRUE(store_calibration(path("calibration"), test::sample()));
    struct stat status{};
    ASSERT_EQ(::stat(path("calibration").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST_F(CalibrationFile, gets_its_folder_made) {
    ASSERT_TRUE(check_storable(path("penstock/calibration")));
    ASSERT_TRUE(store_calibration(path("penstock/calibration"), test::sample()));
    EXPECT_TRUE(load_calibration(path("penstock/calibration")));
}

TEST_F(CalibrationFile, leaves_nothing_behind_when_it_can_not_be_stored) {
    std::filesystem::create_directory(path("calibration"));
    EXPECT_THAT(check_storable(path("calibration")).error().message(),
                HasSubstr("not a regular file"));
    EXPECT_FALSE(store_calibration(path("calibration"), test::sample()));
    EXPECT_THAT(names(), testing::ElementsAre("calibration"));
    EXPECT_TRUE(std::filesystem::is_empty(path("calibration")));
}

TEST_F(CalibrationFile, below_a_missing_folder_is_refused_beforehand) {
    const Result<> storable = check_storable(path("no/such/calibration"));
    ASSERT_FALSE(storable);
    EXPECT_THAT(storable.error().message(), HasSubstr("No such file or directory"));
}

TEST_F(CalibrationFile, that_is_missing_says_so) {
    EXPECT_EQ(load_calibration(path("calibration")).error().code, ENOENT);
}

TEST_F(CalibrationFile, that_is_a_pipe_does_not_stop_us) {
    ASSERT_EQ(::mkfifo(path("calibration").c_str(), 0600), 0);
    EXPECT_THAT(load_calibration(path("calibration")).error().message(),
                HasSubstr("is not a regular file"));
}

TEST_F(CalibrationFile, with_other_content_is_named_in_the_complaint) {
    tree_.write("calibration", std::string(100'000, 'x'));
    EXPECT_THAT(load_calibration(path("calibration")).error().message(),
                HasSubstr("calibration: it has more than 65536 bytes"));
}

}  // namespace
}  // namespace penstock::calibration
