// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/undo_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/actuation/undo.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const UndoEntry batch{.name = "batch.service", .before = 500'000};
const UndoEntry scope{.name = "run-7.scope"};
const UndoEntry group{.kind = UndoEntry::Kind::group, .name = std::string(hogs_group)};

class UndoFiles : public testing::Test {
  protected:
    [[nodiscard]] std::string path() const { return tree.root() + "/undo"; }

    [[nodiscard]] std::string text() const {
        std::ifstream file(path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    [[nodiscard]] UndoFile loaded() const {
        UndoFile file(path());
        EXPECT_TRUE(file.load());
        return file;
    }

    fakes::ScratchTree tree{};
};

// What undoes things, and what was undone.
class Doors {
  public:
    std::vector<std::string> undone{};
    std::map<std::string, Error> failures{};

    [[nodiscard]] UndoDoors doors() {
        return {.set_quota =
                    [this](const std::string& unit, std::uint64_t quota) {
                        return note(unit, unit + " " + std::to_string(quota));
                    },
                .remove_group = [this](const std::string& name) { return note(name, name); }};
    }

  private:
    Result<> note(const std::string& name, std::string line) {
        undone.push_back(std::move(line));
        const auto failure = failures.find(name);
        return failure == failures.end() ? Result<>() : std::unexpected(failure->second);
    }
};

TEST_F(UndoFiles, are_read_as_they_were_written) {
    const std::vector<UndoEntry> entries{batch, scope, group};
    const std::string written = text_of(entries);
    EXPECT_EQ(written,
              "quota batch.service 500000\nquota run-7.scope 18446744073709551615\n"
              "group penstock.hogs\n");
    const UndoList read = parse_undo(written);
    EXPECT_EQ(read.entries, entries);
    EXPECT_EQ(read.damaged, 0U);
}

TEST_F(UndoFiles, have_an_entry_on_disk_when_entering_it_returns) {
    UndoFile file = loaded();
    EXPECT_THAT(file.entries(), IsEmpty());
    ASSERT_TRUE(file.enter(batch));
    EXPECT_EQ(text(), "quota batch.service 500000\n");
    struct stat seen{};
    ASSERT_EQ(::stat(path().c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 0777U, 0600U);
    ASSERT_TRUE(file.enter(group));
    ASSERT_TRUE(file.strike(batch.kind, batch.name));
    EXPECT_EQ(text(), "group penstock.hogs\n");
    ASSERT_TRUE(file.strike(group.kind, group.name));
    EXPECT_EQ(text(), "");
    EXPECT_TRUE(file.strike(group.kind, group.name));
}

// A limit that could not be lifted is what the next one would find before it.
TEST_F(UndoFiles, keep_what_stood_there_first) {
    UndoFile file = loaded();
    ASSERT_TRUE(file.enter(batch));
    ASSERT_TRUE(file.enter({.name = batch.name, .before = 100'000}));
    EXPECT_THAT(file.entries(), ElementsAre(batch));
    EXPECT_THAT(parse_undo("quota a.service 5\nquota a.service 6\n").entries,
                ElementsAre(UndoEntry{.name = "a.service", .before = 5}));
}

TEST_F(UndoFiles, leave_out_what_makes_no_sense_and_count_it) {
    for (const char* line : {"quota",
                             "quota batch.service",
                             "quota batch.service ",
                             "quota batch.service 0",
                             "quota batch.service -1",
                             "quota batch.service 18446744073709551616",
                             "quota batch.service 5 ",
                             "quota  batch.service 5",
                             "quota batch.slice 5",
                             "quota ../x.service 5",
                             "quota a b.service 5",
                             "Quota batch.service 5",
                             "group",
                             "group x",
                             "group penstock.hogs/..",
                             "group penstock.hogs x",
                             "\t",
                             "\xff\xfe"}) {
        const UndoList list = parse_undo(std::string(line) + "\nquota whole.service 5\n");
        EXPECT_THAT(list.entries, ElementsAre(UndoEntry{.name = "whole.service", .before = 5}))
            << line;
        EXPECT_EQ(list.damaged, 1U) << line;
    }
    // The end of a file that was cut off.
    EXPECT_EQ(parse_undo("group penstock.ho").damaged, 1U);
    EXPECT_EQ(parse_undo(std::string_view("quota a.service 5\0", 18)).damaged, 1U);
}

TEST_F(UndoFiles, are_bounded) {
    std::string text;
    for (std::size_t number = 0; number < most_undo_entries + 10; ++number) {
        text += "quota a" + std::to_string(number) + ".service 5\n";
    }
    const UndoList list = parse_undo(text);
    EXPECT_THAT(list.entries, SizeIs(most_undo_entries));
    EXPECT_EQ(list.damaged, 10U);
    tree.write("undo", text_of(list.entries));
    UndoFile file = loaded();
    const Result<> entered = file.enter(batch);
    ASSERT_FALSE(entered);
    EXPECT_THAT(entered.error().message(), HasSubstr("is full"));
    tree.write("undo", std::string(1 << 20, 'x'));
    EXPECT_FALSE(file.load());
}

TEST_F(UndoFiles, that_can_not_be_written_have_no_entry) {
    UndoFile file(tree.root() + "/missing/undo");
    ASSERT_TRUE(file.load());
    EXPECT_FALSE(file.enter(batch));
    EXPECT_THAT(file.entries(), IsEmpty());
}

TEST_F(UndoFiles, of_an_agent_that_was_killed_undo_what_it_may_have_limited) {
    tree.write("undo", text_of({batch, scope, group}));
    UndoFile file = loaded();
    Doors doors;
    const UndoReport report = undo_all(file, doors.doors());
    EXPECT_EQ(report.undone, 3U);
    EXPECT_THAT(report.failures, IsEmpty());
    EXPECT_THAT(
        doors.undone,
        ElementsAre("batch.service 500000", "run-7.scope 18446744073709551615", "penstock.hogs"));
    EXPECT_EQ(text(), "");
    // The second time nothing is left to do.
    UndoFile again = loaded();
    EXPECT_EQ(undo_all(again, doors.doors()).undone, 0U);
    EXPECT_THAT(doors.undone, SizeIs(3));
}

TEST_F(UndoFiles, count_as_undone_what_is_not_there_any_more) {
    tree.write("undo", text_of({scope, group}));
    UndoFile file = loaded();
    Doors doors;
    doors.failures = {{scope.name, {.code = ENOENT}}, {group.name, {.code = ENOENT}}};
    EXPECT_THAT(undo_all(file, doors.doors()).failures, IsEmpty());
    EXPECT_EQ(text(), "");
}

TEST_F(UndoFiles, keep_what_could_not_be_undone) {
    tree.write("undo", text_of({batch, scope, group}));
    UndoFile file = loaded();
    Doors doors;
    doors.failures = {{batch.name, {.doing = "systemd refuses it"}}};
    const UndoReport report = undo_all(file, doors.doors());
    EXPECT_THAT(report.failures, ElementsAre("systemd refuses it"));
    EXPECT_EQ(report.undone, 2U);
    EXPECT_EQ(text(), text_of({batch}));
}

TEST_F(UndoFiles, do_not_wait_again_for_a_manager_that_is_silent) {
    tree.write("undo", text_of({batch, scope, group}));
    UndoFile file = loaded();
    Doors doors;
    doors.failures = {{batch.name, {.code = ETIMEDOUT, .doing = "set the quota"}}};
    EXPECT_THAT(undo_all(file, doors.doors()).failures, SizeIs(1));
    EXPECT_THAT(doors.undone, ElementsAre("batch.service 500000", "penstock.hogs"));
    EXPECT_EQ(text(), text_of({batch, scope}));
}

TEST_F(UndoFiles, that_are_damaged_undo_the_rest_and_say_so) {
    tree.write("undo", "quota batch.ser\x01\n" + text_of({group}));
    UndoFile file = loaded();
    Doors doors;
    const UndoReport report = undo_all(file, doors.doors());
    EXPECT_EQ(report.undone, 1U);
    EXPECT_THAT(report.failures, ElementsAre(HasSubstr("1 lines of")));
    EXPECT_EQ(text(), "");
}

}  // namespace
}  // namespace penstock
