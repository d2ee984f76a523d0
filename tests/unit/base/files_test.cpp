// SPDX-License-Identifier: Apache-2.0
//
// Descriptors and trees of small files.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "base/tree.h"
#include "tests/fakes/temporary_tree.h"

namespace penstock {
namespace {

using fakes::TemporaryTree;

bool is_open(int number) {
    return ::fcntl(number, F_GETFD) >= 0;
}

Fd open_null() {
    return open_path("/dev/null", O_RDONLY).value_or(Fd());
}

TEST(Fd, closes_at_the_end_of_its_life) {
    int number = -1;
    {
        const Fd fd = open_null();
        number = fd.get();
        ASSERT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(Fd, moves_without_closing) {
    Fd first = open_null();
    const int number = first.get();
    const Fd second = std::move(first);
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that it is empty is the point.
    EXPECT_EQ(second.get(), number);
    EXPECT_TRUE(is_open(number));
}

TEST(Fd, closes_what_it_held_before_an_assignment) {
    Fd kept = open_null();
    Fd replaced = open_null();
    const int before = replaced.get();
    const int after = kept.get();
    replaced = std::move(kept);
    EXPECT_FALSE(is_open(before));
    EXPECT_EQ(replaced.get(), after);
}

TEST(Fd, gives_its_number_away_open) {
    Fd fd = open_null();
    const Fd taken(fd.release());
    EXPECT_FALSE(fd);
    EXPECT_TRUE(is_open(taken.get()));
}

TEST(Fd, is_closed_on_exec) {
    const Fd fd = open_null();
    EXPECT_EQ(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST(Fd, opens_relative_to_a_folder) {
    const TemporaryTree files;
    files.write("name", "text");
    const auto folder = open_path(files.root(), O_RDONLY | O_DIRECTORY);
    ASSERT_TRUE(folder);
    EXPECT_TRUE(open_at(*folder, "name", O_RDONLY));
    EXPECT_EQ(open_at(*folder, "other", O_RDONLY).error().message(),
              "open other: No such file or directory");
}

TEST(Fd, reports_what_could_not_be_opened) {
    EXPECT_EQ(open_path("/nowhere/file", O_RDONLY).error().message(),
              "open /nowhere/file: No such file or directory");
    errno = EMFILE;
    EXPECT_EQ(owned(-1, "make a pipe").error().message(), "make a pipe: Too many open files");
}

TEST(Tree, reads_a_file_under_its_root) {
    const TemporaryTree files;
    files.write("class/kfd/name", "gfx942\n");
    const Tree tree(files.root());
    EXPECT_EQ(tree.read("class/kfd/name").value_or("?"), "gfx942\n");
    EXPECT_EQ(tree.path("a/b"), files.root() + "/a/b");
    EXPECT_EQ(tree.root(), files.root());
}

TEST(Tree, reads_up_to_the_limit_and_refuses_more) {
    const TemporaryTree files;
    files.write("full", "12345678");
    const Tree tree(files.root());
    EXPECT_EQ(tree.read("full", 8).value_or("?"), "12345678");
    const auto cut = tree.read("full", 7);
    ASSERT_FALSE(cut) << "a cut number would be misread";
    EXPECT_EQ(cut.error().code, EFBIG);
}

TEST(Tree, reads_an_empty_file) {
    const TemporaryTree files;
    files.write("empty", "");
    EXPECT_EQ(Tree(files.root()).read("empty").value_or("?"), "");
}

TEST(Tree, says_which_file_is_missing_or_none) {
    const TemporaryTree files;
    files.write("folder/file", "");
    const Tree tree(files.root());
    EXPECT_EQ(tree.read("gone").error().message(),
              "open " + files.root() + "/gone: No such file or directory");
    EXPECT_EQ(tree.read("folder").error().message(),
              "read " + files.root() + "/folder: Is a directory");
}

TEST(Tree, lists_names_sorted) {
    const TemporaryTree files;
    files.write("nodes/10/name", "");
    files.write("nodes/2/name", "");
    files.write("nodes/.hidden", "");
    const auto names = Tree(files.root()).list("nodes");
    ASSERT_TRUE(names);
    EXPECT_EQ(*names, (std::vector<std::string>{".hidden", "10", "2"}));
}

TEST(Tree, says_which_folder_can_not_be_listed) {
    const TemporaryTree files;
    EXPECT_EQ(Tree(files.root()).list("gone").error().code, ENOENT);
}

}  // namespace
}  // namespace penstock
