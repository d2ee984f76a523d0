// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "kmod-helpers/emulator/server/directory_listing.h"
#include "tests/unit/emulator/fuse_bench.h"

namespace penstock::emulator {
namespace {

using testing::ElementsAre;

TEST(FuseRequest, is_refused_when_it_lies_about_its_length) {
    fuse_in_header header{};
    header.len = sizeof(header) + 1;
    const auto bytes = std::as_bytes(std::span(&header, 1));
    EXPECT_FALSE(parse_request(bytes));
    EXPECT_FALSE(parse_request(bytes.first(10)));
    header.len = 1;
    EXPECT_FALSE(parse_request(bytes));
    header.len = sizeof(header);
    EXPECT_TRUE(parse_request(bytes));
}

TEST(FuseRequest, has_a_name_up_to_its_zero) {
    const std::string name("kfd\0more", 8);
    EXPECT_EQ((FuseRequest{.body = std::as_bytes(std::span(name))}.name()), "kfd");
    const std::string endless = "kfd";
    EXPECT_EQ((FuseRequest{.body = std::as_bytes(std::span(endless))}.name()), "kfd");
}

class Files : public testing::Test {
  protected:
    FuseBench bench;
};

TEST_F(Files, are_found_listed_and_read) {
    const std::uint64_t node = bench.look_up(NodeTable::root, "hello");
    const std::uint64_t handle = bench.open(FUSE_OPEN, node);
    EXPECT_EQ(bench.read(handle, 0, 100), "hello 1\n");
    EXPECT_EQ(bench.read(handle, 2, 3), "llo") << "of the copy made at the start";
    EXPECT_EQ(bench.read(handle, 0, 100), "hello 2\n") << "renewed when read from its start";
    EXPECT_EQ(bench.read(handle, 100, 10), "");
}

TEST_F(Files, are_gone_with_an_error) {
    const std::uint64_t node = bench.look_up(NodeTable::root, "hello");
    const std::uint64_t handle = bench.open(FUSE_OPEN, node);
    bench.content_exists = false;
    bench.send_read(handle, 0, 10);
    EXPECT_EQ(bench.replies.code, -ENODEV);
}

TEST_F(Files, that_do_not_exist_are_refused) {
    bench.send_named(FUSE_LOOKUP, NodeTable::root, "nothing");
    EXPECT_EQ(bench.replies.code, -ENOENT);
    bench.send_named(FUSE_LOOKUP, 12345, "hello");
    EXPECT_EQ(bench.replies.code, -ENOENT);
    bench.send(FUSE_GETATTR, 12345, fuse_getattr_in{});
    EXPECT_EQ(bench.replies.code, -ENOENT);
    bench.send(FUSE_OPEN, 12345, fuse_open_in{});
    EXPECT_EQ(bench.replies.code, -ENOENT);
    bench.send(FUSE_OPENDIR, NodeTable::driver, fuse_open_in{});
    EXPECT_EQ(bench.replies.code, -ENOENT);
    bench.send_read(999, 0, 10);
    EXPECT_EQ(bench.replies.code, -EINVAL);
}

TEST_F(Files, have_the_modes_of_sysfs) {
    bench.send(FUSE_GETATTR, NodeTable::root, fuse_getattr_in{});
    EXPECT_EQ(bench.replies.as<fuse_attr_out>().attr.mode, S_IFDIR | 0555U);
    bench.send(FUSE_GETATTR, NodeTable::driver, fuse_getattr_in{});
    EXPECT_EQ(bench.replies.as<fuse_attr_out>().attr.mode, S_IFREG | 0666U);
    EXPECT_EQ(bench.replies.as<fuse_attr_out>().attr.ino, NodeTable::driver);
    bench.send(FUSE_GETATTR, bench.look_up(NodeTable::root, "hello"), fuse_getattr_in{});
    EXPECT_EQ(bench.replies.as<fuse_attr_out>().attr.mode, S_IFREG | 0444U);
}

TEST_F(Files, are_listed_once_each) {
    const std::uint64_t handle = bench.open(FUSE_OPENDIR, NodeTable::root);
    fuse_read_in in{};
    in.fh = handle;
    in.size = 4096;
    bench.send(FUSE_READDIR, NodeTable::root, in);
    const std::size_t all = bench.replies.payload.size();
    EXPECT_GT(all, 0U);
    in.offset = 2;
    bench.send(FUSE_READDIR, NodeTable::root, in);
    EXPECT_EQ(bench.replies.payload.size(), 0U);
    in.offset = ~0ULL;
    bench.send(FUSE_READDIR, NodeTable::root, in);
    EXPECT_EQ(bench.replies.payload.size(), 0U);
}

TEST_F(Files, are_closed) {
    const std::uint64_t handle = bench.open(FUSE_OPENDIR, NodeTable::root);
    EXPECT_EQ(bench.files.size(), 1U);
    fuse_release_in in{};
    in.fh = handle;
    bench.send(FUSE_RELEASEDIR, NodeTable::root, in);
    EXPECT_EQ(bench.files.size(), 0U);
    EXPECT_EQ(bench.replies.code, 0);
}

TEST_F(Files, are_forgotten_singly_and_in_batches) {
    const std::uint64_t node = bench.look_up(NodeTable::root, "hello");
    fuse_forget_in one{};
    one.nlookup = 1;
    bench.send(FUSE_FORGET, node, one);
    EXPECT_EQ(bench.server.nodes().size(), 2U);

    struct Batch {
        fuse_batch_forget_in head{};
        fuse_forget_one nodes[2] = {};
    } batch;

    batch.head.count = 0xffffffff;  // More than there are.
    batch.nodes[0].nodeid = bench.look_up(NodeTable::root, "hello");
    batch.nodes[0].nlookup = 1;
    bench.send(FUSE_BATCH_FORGET, 0, batch);
    EXPECT_EQ(bench.server.nodes().size(), 2U);
}

TEST_F(Files, tolerate_requests_cut_short) {
    for (const std::uint32_t opcode :
         {FUSE_FORGET, FUSE_BATCH_FORGET, FUSE_READDIR, FUSE_RELEASE, FUSE_STATFS, FUSE_LOOKUP}) {
        EXPECT_TRUE(bench.serve(opcode, NodeTable::root, {}));
    }
    EXPECT_FALSE(bench.serve(FUSE_MKNOD, NodeTable::root, {}));
}

TEST_F(Files, of_the_driver_are_opened_by_a_living_process_only) {
    bench.send(FUSE_OPEN, NodeTable::driver, fuse_open_in{});
    EXPECT_EQ(bench.replies.code, -EPERM);
    bench.driver_bench.tasks.alive[FuseBench::client].tgid = FuseBench::client;
    bench.open(FUSE_OPEN, NodeTable::driver);
    EXPECT_TRUE(bench.replies.as<fuse::OpenOut>().open_flags & fuse::open_direct_io);
    bench.driver_file.pass_through(3);
    bench.open(FUSE_OPEN, NodeTable::driver);
    EXPECT_TRUE(bench.replies.as<fuse::OpenOut>().open_flags & fuse::open_passthrough);
    EXPECT_EQ(bench.replies.as<fuse::OpenOut>().backing_id, 3);
}

TEST_F(Files, of_the_driver_take_ioctls) {
    bench.driver_bench.tasks.alive[FuseBench::client].tgid = FuseBench::client;

    struct GetVersion {
        fuse_ioctl_in head{};
        std::uint64_t argument = 0;
    } call;

    call.head.fh = bench.open(FUSE_OPEN, NodeTable::driver);
    call.head.cmd = static_cast<std::uint32_t>(kfd::request<kfd::GetVersion>(kfd::Nr::get_version));
    call.head.in_size = sizeof(call.argument);
    call.head.out_size = sizeof(call.argument);
    bench.ioctl(call);
    EXPECT_EQ(bench.driver_bench.answers.by_call.at(FuseBench::unique).result, 0);

    bench.driver_bench.answers.by_call.clear();
    call.head.in_size = 0x3fff;  // More than was sent.
    bench.ioctl(call);
    EXPECT_EQ(bench.replies.code, -EINVAL);
    call.head.in_size = 8;
    call.head.out_size = 0xffffffff;
    bench.ioctl(call);
    EXPECT_EQ(bench.replies.code, -EINVAL);
    call.head.fh = 12345;
    bench.ioctl(call);
    EXPECT_EQ(bench.replies.code, -ENOTTY);
    EXPECT_TRUE(bench.driver_bench.answers.by_call.empty());
}

TEST_F(Files, of_the_driver_tell_it_when_they_are_closed) {
    bench.driver_bench.tasks.alive[FuseBench::client].tgid = FuseBench::client;
    fuse_release_in in{};
    in.fh = bench.open(FUSE_OPEN, NodeTable::driver);
    bench.driver_bench.deaths.executed.insert(FuseBench::client);
    bench.send(FUSE_RELEASE, NodeTable::driver, in);
    EXPECT_EQ(bench.replies.code, 0);
    EXPECT_TRUE(bench.driver_bench.driver.owners().all().empty());
}

TEST_F(Files, of_the_driver_ask_for_an_interrupt_again_that_came_too_early) {
    fuse_interrupt_in in{};
    in.unique = 77;
    bench.driver_file.interrupt(bench.request(FUSE_INTERRUPT, 0, std::as_bytes(std::span(&in, 1))));
    EXPECT_EQ(bench.replies.code, -EAGAIN);
}

TEST(IoctlAnswers, carry_the_result_before_the_argument) {
    RecordedReplies replies;
    IoctlAnswers answers(replies);
    const std::array argument{std::byte{1}, std::byte{2}};
    answers.answer(5, -EPERM, argument);
    EXPECT_EQ(replies.code, 0);
    EXPECT_EQ(replies.as<fuse_ioctl_out>().result, -EPERM);
    EXPECT_EQ(replies.payload.size(), sizeof(fuse_ioctl_out) + 2);
}

TEST(DirectoryListing, stops_before_an_entry_that_does_not_fit) {
    const std::vector<DirectoryEntry> entries{{"a", NodeKind::directory}, {"bb", NodeKind::text}};
    const std::size_t one = encode_listing({entries[0]}, 0, 4096).size();
    EXPECT_EQ(encode_listing(entries, 0, one).size(), one);
    EXPECT_EQ(encode_listing(entries, 0, one - 1).size(), 0U);
    EXPECT_EQ(encode_listing(entries, 0, 4096).size(), 2 * one);
    EXPECT_EQ(encode_listing(entries, 1, 4096).size(), one);
}

}  // namespace
}  // namespace penstock::emulator
