// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/config_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/scratch_tree.h"

namespace penstock::ctl {
namespace {

using testing::HasSubstr;

class ConfigView : public testing::Test {
  protected:
    ConfigView() {
        machine_.write("etc/penstock/agent.conf",
                       "[Agent]\nTickSec=5ms\nTickSec=never\n[Preemption]\nMayEvict=\"a b\" c\n");
        machine_.write("etc/penstock/rules.d/50-batch.conf",
                       "[Match]\nSlice=batch.slice\n[Apply]\nPriority=-5\nMayEvict=yes\n"
                       "Weight=50\nClass=batch\nDeadlineSec=50ms\n"
                       "[Rule]\nFinal=yes\n");
    }

    [[nodiscard]] config::Configuration loaded() const {
        return config::load(Tree(machine_.root()), [](const std::string&) { return std::nullopt; });
    }

    fakes::ScratchTree machine_;
};

TEST_F(ConfigView, is_a_file_that_says_the_same) {
    const config::Configuration configuration = loaded();
    fakes::ScratchTree copy;
    copy.write("etc/penstock/agent.conf", config_text(configuration));
    const config::Configuration again =
        config::load(Tree(copy.root()), [](const std::string&) { return std::nullopt; });
    EXPECT_EQ(again.settings, configuration.settings);
    EXPECT_EQ(again.remarks.errors() + again.remarks.warnings(), 0U);
    EXPECT_THAT(config_text(configuration),
                HasSubstr("50-batch.conf: Priority=-5 Weight=50 Class=batch "
                          "DeadlineSec=50ms MayEvict=yes Final=yes\n"));
}

TEST_F(ConfigView, has_the_same_as_json) {
    const nlohmann::ordered_json json = config_json(loaded());
    EXPECT_EQ(json["settings"]["Agent"]["TickSec"], "5ms");
    EXPECT_EQ(json["rules"][0]["priority"], -5);
    EXPECT_EQ(json["rules"][0]["weight"], 50);
    EXPECT_EQ(json["rules"][0]["class"], "batch");
    EXPECT_EQ(json["rules"][0]["deadline_seconds"], 0.05);
    EXPECT_FALSE(json["rules"][0].contains("cost_seconds"));
    EXPECT_EQ(json["rules"][0]["final"], true);
    EXPECT_EQ(json["files"].size(), 2U);
    EXPECT_EQ(json["remarks"][0]["line"], 3);
    EXPECT_EQ(json["remarks"][0]["gravity"], "error");
}

TEST_F(ConfigView, counts_what_is_wrong_and_says_where) {
    const std::string text = remarks_text(loaded());
    EXPECT_THAT(text, HasSubstr("/etc/penstock/agent.conf:3: error: TickSec=: \"never\""));
    EXPECT_THAT(text, HasSubstr("2 files, 1 rules, 1 errors, 0 warnings\n"));
}

}  // namespace
}  // namespace penstock::ctl
