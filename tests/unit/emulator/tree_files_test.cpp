// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>

#include "kmod-helpers/emulator/server/file_tree.h"
#include "kmod-helpers/emulator/server/fixed_files.h"
#include "kmod-helpers/emulator/server/node_table.h"
#include "kmod-helpers/emulator/server/queue_files.h"
#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(FixedFiles, make_directories_of_their_paths) {
    FixedFiles files;
    files.add_text("sys/b/c", "1\n");
    files.add_text("sys/b/a", "2\n");
    files.add_text("sys/bb", "3\n");
    EXPECT_EQ(files.kind(""), NodeKind::directory);
    EXPECT_EQ(files.kind("sys"), NodeKind::directory);
    EXPECT_EQ(files.kind("sys/b"), NodeKind::directory);
    EXPECT_EQ(files.kind("sys/bb"), NodeKind::text);
    EXPECT_EQ(files.kind("sy"), NodeKind::absent);
    EXPECT_THAT(files.names("sys"), ElementsAre("b", "bb"));
    EXPECT_THAT(files.names("sys/b"), ElementsAre("a", "c"));
    EXPECT_THAT(files.names("nowhere"), IsEmpty());
    EXPECT_EQ(files.content("sys/b/c"), "1\n");
    EXPECT_EQ(files.content("sys/b"), std::nullopt);
}

TEST(FixedFiles, ask_again_for_a_content_that_changes) {
    int reads = 0;
    FixedFiles files;
    files.add("counters", [&reads] { return std::to_string(++reads); });
    EXPECT_EQ(files.content("counters"), "1");
    EXPECT_EQ(files.content("counters"), "2");
}

class QueueTree : public testing::Test {
  protected:
    void SetUp() override {
        bench.open(100);
        bench.create_queue(100);
    }

    static std::string at(const std::string& below) {
        return std::string(QueueFiles::root) + "/" + below;
    }

    DriverBench bench;
    QueueFiles files{bench.driver.owners(), {gpu, 7}};
};

TEST_F(QueueTree, leads_to_its_root) {
    EXPECT_EQ(files.kind(""), NodeKind::directory);
    EXPECT_EQ(files.kind("sys/class"), NodeKind::directory);
    EXPECT_EQ(files.kind("sys/cl"), NodeKind::absent);
    EXPECT_EQ(files.kind(QueueFiles::root), NodeKind::directory);
    EXPECT_THAT(files.names(""), ElementsAre("sys"));
    EXPECT_THAT(files.names("sys/class"), ElementsAre("kfd"));
    EXPECT_THAT(files.names("other"), IsEmpty());
}

TEST_F(QueueTree, lists_owners_and_queues_as_they_are_now) {
    EXPECT_THAT(files.names(QueueFiles::root), ElementsAre("100"));
    EXPECT_THAT(files.names(at("100")),
                ElementsAre("queues", "stats_51432", "stats_7", "vram_51432", "vram_7"));
    EXPECT_THAT(files.names(at("100/queues")), ElementsAre("0"));
    EXPECT_THAT(files.names(at("100/queues/0")), ElementsAre("gpuid", "size", "type"));
    bench.driver.died(100, bench.now);
    EXPECT_THAT(files.names(QueueFiles::root), IsEmpty());
    EXPECT_EQ(files.kind(at("100")), NodeKind::absent);
}

TEST_F(QueueTree, writes_numbers_as_the_kernel_does) {
    EXPECT_EQ(files.content(at("100/queues/0/gpuid")), "51432");
    EXPECT_EQ(files.content(at("100/queues/0/size")), "1024");
    EXPECT_EQ(files.content(at("100/queues/0/type")), "0") << "the kernel's type, not the ioctl's";
    EXPECT_EQ(files.content(at("100/vram_7")), "0\n");
}

TEST_F(QueueTree, names_other_types_by_the_kernels_numbers) {
    for (const auto& [type, shown] :
         std::map<std::uint32_t, std::string>{{kfd::queue_type_compute, "0"},
                                              {kfd::queue_type_sdma, "1"},
                                              {kfd::queue_type_sdma_by_engine, "1"},
                                              {kfd::queue_type_sdma_xgmi, "4"}}) {
        kfd::CreateQueue queue = bench.queue();
        queue.queue_type = type;
        ASSERT_EQ(bench.call(100, kfd::Nr::create_queue, queue), 0);
        const std::string number = std::to_string(queue.queue_id);
        EXPECT_EQ(files.content(at("100/queues/" + number + "/type")), shown);
    }
}

TEST_F(QueueTree, shows_how_long_an_owner_was_evicted) {
    bench.tasks.capabilities.insert({100, CAP_SYS_ADMIN});
    kfd::Criu argument{.op = static_cast<std::uint32_t>(kfd::CriuOp::process_info)};
    ASSERT_EQ(bench.call(100, kfd::Nr::criu_op, argument), 0);
    bench.pass(std::chrono::microseconds(20700));
    EXPECT_EQ(files.content(at("100/stats_7/evicted_ms")), "0\n") << "counted at its end";
    argument.op = static_cast<std::uint32_t>(kfd::CriuOp::unpause);
    ASSERT_EQ(bench.call(100, kfd::Nr::criu_op, argument), 0);
    EXPECT_EQ(files.content(at("100/stats_7/evicted_ms")), "20\n");
    EXPECT_EQ(files.kind(at("100/stats_7")), NodeKind::directory);
    EXPECT_THAT(files.names(at("100/stats_7")), ElementsAre("evicted_ms"));
}

TEST_F(QueueTree, has_nothing_at_odd_paths) {
    for (const char* const path : {"",
                                   "x",
                                   "0100x",
                                   "200",
                                   "100/",
                                   "100/vram_8",
                                   "100/vram_x",
                                   "100/stats_8",
                                   "100/stats_8/evicted_ms",
                                   "100/stats_7/other",
                                   "100/stats_7/evicted_ms/x",
                                   "100/other",
                                   "100/other/0",
                                   "100/queues/1",
                                   "100/queues/x",
                                   "100/queues/0/other",
                                   "100/queues/0/size/x",
                                   "100/vram_7/0"}) {
        EXPECT_EQ(files.kind(at(path)), NodeKind::absent) << path;
        EXPECT_EQ(files.content(at(path)), std::nullopt) << path;
        EXPECT_THAT(files.names(at(path)), IsEmpty()) << path;
    }
}

TEST_F(QueueTree, joins_the_fixed_files_and_the_driver) {
    FixedFiles fixed;
    fixed.add_text("sys/class/kfd/kfd/topology/generation_id", "1\n");
    const FileTree tree({&fixed, &files});
    EXPECT_EQ(tree.kind("kfd"), NodeKind::driver);
    EXPECT_THAT(tree.names(""), ElementsAre("kfd", "sys"));
    EXPECT_THAT(tree.names("sys/class/kfd/kfd"), ElementsAre("proc", "topology"));
    EXPECT_EQ(tree.content("sys/class/kfd/kfd/topology/generation_id"), "1\n");
    EXPECT_EQ(tree.content(at("100/queues/0/size")), "1024");
    EXPECT_EQ(tree.kind("nowhere"), NodeKind::absent);
    EXPECT_EQ(tree.content("kfd"), std::nullopt);
}

TEST(NodeTable, keeps_a_number_while_the_kernel_remembers_it) {
    NodeTable nodes("kfd");
    const std::uint64_t number = nodes.look_up("sys");
    EXPECT_EQ(nodes.look_up("sys"), number);
    nodes.forget(number, 1);
    ASSERT_NE(nodes.path_of(number), nullptr);
    EXPECT_EQ(*nodes.path_of(number), "sys");
    nodes.forget(number, 1);
    EXPECT_EQ(nodes.path_of(number), nullptr);
    EXPECT_NE(nodes.look_up("sys"), number);
}

TEST(NodeTable, never_forgets_the_root_and_the_driver) {
    NodeTable nodes("kfd");
    EXPECT_EQ(nodes.look_up("kfd"), NodeTable::driver);
    nodes.forget(NodeTable::driver, 100);
    nodes.forget(NodeTable::root, 100);
    nodes.forget(12345, 1);
    EXPECT_EQ(*nodes.path_of(NodeTable::root), "");
    EXPECT_EQ(nodes.look_up("kfd"), NodeTable::driver);
    EXPECT_EQ(nodes.size(), 2U);
}

}  // namespace
}  // namespace penstock::emulator
