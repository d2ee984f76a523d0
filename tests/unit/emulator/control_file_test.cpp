// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "kmod-helpers/emulator/server/machine_files.h"
#include "tests/unit/emulator/fuse_bench.h"

namespace penstock::emulator {
namespace {

class ControlFile : public testing::Test {
  protected:
    void SetUp() override {
        node = bench.look_up(NodeTable::root, "order");
        handle = bench.open(FUSE_OPEN, node);
    }

    int write(std::uint64_t to, std::string_view text, std::uint32_t claimed) {
        fuse_write_in in{};
        in.fh = to;
        in.size = claimed;
        const auto head = std::as_bytes(std::span(&in, 1));
        std::vector<std::byte> body(head.begin(), head.end());
        const auto tail = std::as_bytes(std::span(text));
        body.insert(body.end(), tail.begin(), tail.end());
        bench.serve(FUSE_WRITE, 0, body);
        return bench.replies.code;
    }

    int write(std::uint64_t to, std::string_view text) {
        return write(to, text, static_cast<std::uint32_t>(text.size()));
    }

    int change(std::uint64_t of, std::uint32_t what) {
        fuse_setattr_in in{};
        in.valid = what;
        bench.send(FUSE_SETATTR, of, in);
        return bench.replies.code;
    }

    FuseBench bench;
    std::uint64_t node = 0;
    std::uint64_t handle = 0;
};

TEST_F(ControlFile, passes_on_what_is_written) {
    EXPECT_EQ(write(handle, "stop"), 0);
    EXPECT_EQ(bench.replies.as<fuse_write_out>().size, 4U);
    EXPECT_EQ(bench.hello.written, "stop");
    EXPECT_EQ(bench.read(handle, 0, 100), "stop");
}

TEST_F(ControlFile, belongs_to_root_alone) {
    bench.send(FUSE_GETATTR, node, fuse_getattr_in{});
    const auto attributes = bench.replies.as<fuse_attr_out>().attr;
    EXPECT_EQ(attributes.mode & 07777U, 0600U);
    EXPECT_EQ(attributes.uid, 0U);
}

TEST_F(ControlFile, can_be_emptied_as_shells_do_but_not_given_away) {
    EXPECT_EQ(change(node, FATTR_SIZE), 0);
    EXPECT_EQ(change(node, FATTR_MODE), -EPERM);
    EXPECT_EQ(change(node, FATTR_SIZE | FATTR_UID), -EPERM);
    EXPECT_EQ(change(bench.look_up(NodeTable::root, "hello"), FATTR_SIZE), -EPERM);
    EXPECT_EQ(change(12345, FATTR_SIZE), -EPERM);
}

TEST_F(ControlFile, is_the_only_kind_that_is_written_to) {
    const std::uint64_t text = bench.open(FUSE_OPEN, bench.look_up(NodeTable::root, "hello"));
    EXPECT_EQ(write(text, "stop"), -EACCES);
    EXPECT_EQ(write(12345, "stop"), -EINVAL);
}

TEST_F(ControlFile, refuses_a_write_that_is_shorter_than_it_claims) {
    EXPECT_EQ(write(handle, "stop", 5), -EINVAL);
    bench.serve(FUSE_WRITE, 0, std::span<const std::byte>());
    EXPECT_EQ(bench.replies.code, -EINVAL);
}

TEST(FaultFile, arms_faults_of_the_driver) {
    DriverBench bench;
    const FixedFiles files = machine_files(Preset{}, bench.driver);
    EXPECT_EQ(files.kind("emulator/faults"), NodeKind::control);
    EXPECT_EQ(files.write("emulator/faults", "suspend-slow 1 9000\n"), 0);
    EXPECT_EQ(files.content("emulator/faults"), "suspend-slow 1 9000\n");
    EXPECT_EQ(files.write("emulator/faults", "nonsense"), -EINVAL);
    EXPECT_EQ(files.write("emulator/counters", "x"), -EACCES);
    EXPECT_EQ(files.write("emulator/none", "x"), -EACCES);
}

}  // namespace
}  // namespace penstock::emulator
