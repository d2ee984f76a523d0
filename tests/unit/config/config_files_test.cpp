// SPDX-License-Identifier: Apache-2.0

#include "agent/config/config_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/scratch_tree.h"

namespace penstock::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ConfigFiles : public testing::Test {
  protected:
    std::vector<std::string> gathered() {
        std::vector<std::string> paths;
        for (const File& file : gather(Tree(machine.root()), "agent.conf", remarks)) {
            paths.push_back(file.path);
        }
        return paths;
    }

    fakes::ScratchTree machine;
    Remarks remarks;
};

TEST_F(ConfigFiles, are_none_on_a_machine_without_any) {
    EXPECT_THAT(gathered(), IsEmpty());
    EXPECT_THAT(remarks.all(), IsEmpty());
}

TEST_F(ConfigFiles, of_the_administrator_take_the_place_of_the_shipped_one) {
    machine.write("usr/lib/penstock/agent.conf", "# shipped");
    EXPECT_THAT(gathered(), ElementsAre("/usr/lib/penstock/agent.conf"));
    machine.write("etc/penstock/agent.conf", "# ours");
    EXPECT_THAT(gathered(), ElementsAre("/etc/penstock/agent.conf"));
    machine.write("etc/penstock/agent.conf", "");
    EXPECT_THAT(gathered(), IsEmpty()) << "an empty one masks it";
}

TEST_F(ConfigFiles, dropped_in_are_read_by_name_and_masked_by_name) {
    machine.write("usr/lib/penstock/agent.conf", "# shipped");
    machine.write("usr/lib/penstock/agent.conf.d/50-vendor.conf", "# v");
    machine.write("etc/penstock/agent.conf.d/10-now.conf", "# n");
    machine.write("run/penstock/agent.conf.d/20-own.conf", "# of the agent's own user");
    machine.write("usr/local/lib/penstock/agent.conf.d/50-vendor.conf", "# local");
    machine.write("etc/penstock/agent.conf.d/90-ours.conf", "# o");
    EXPECT_THAT(gathered(),
                ElementsAre("/usr/lib/penstock/agent.conf",
                            "/etc/penstock/agent.conf.d/10-now.conf",
                            "/usr/local/lib/penstock/agent.conf.d/50-vendor.conf",
                            "/etc/penstock/agent.conf.d/90-ours.conf"));
    std::filesystem::create_symlink("/dev/null",
                                    machine.root() + "/etc/penstock/agent.conf.d/50-vendor.conf");
    EXPECT_THAT(gathered(),
                ElementsAre("/usr/lib/penstock/agent.conf",
                            "/etc/penstock/agent.conf.d/10-now.conf",
                            "/etc/penstock/agent.conf.d/90-ours.conf"));
}

TEST_F(ConfigFiles, end_in_conf_and_are_not_hidden) {
    machine.write("etc/penstock/agent.conf.d/a.conf~", "#");
    machine.write("etc/penstock/agent.conf.d/.a.conf", "#");
    machine.write("etc/penstock/agent.conf.d/a.conf.dpkg-old", "#");
    machine.write("etc/penstock/agent.conf.d/e\x1bsc.conf", "#");
    EXPECT_THAT(gathered(), IsEmpty());
}

TEST_F(ConfigFiles, that_can_not_be_read_do_not_let_others_take_their_place) {
    machine.write("usr/lib/penstock/agent.conf", "# shipped");
    machine.write("etc/penstock/agent.conf/x", "");  // A directory of that name.
    EXPECT_THAT(gathered(), IsEmpty());
    EXPECT_EQ(remarks.errors(), 1U);
    EXPECT_EQ(remarks.all()[0].place.file, "/etc/penstock/agent.conf");
}

TEST_F(ConfigFiles, are_refused_when_they_are_too_long) {
    machine.write("etc/penstock/agent.conf", std::string(most_file_bytes + 1, '#'));
    EXPECT_THAT(gathered(), IsEmpty());
    EXPECT_EQ(remarks.errors(), 1U);
}

TEST_F(ConfigFiles, of_a_folder_are_no_more_than_are_read_in_time) {
    for (std::size_t number = 0; number < most_files_of_a_folder + 3; ++number) {
        machine.write("etc/penstock/rules.d/" + std::to_string(number) + ".conf", "#");
    }
    EXPECT_THAT(gather_folder(Tree(machine.root()), "rules.d", remarks),
                SizeIs(most_files_of_a_folder));
    ASSERT_EQ(remarks.errors(), 1U);
    EXPECT_THAT(remarks.all()[0].sentence, HasSubstr("do not count"));
}

}  // namespace
}  // namespace penstock::config
