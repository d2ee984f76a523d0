// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/eviction_ledger.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/unit/gate_rungs/stage.h"

namespace penstock::gate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LedgerEntry process(std::uint32_t pid, std::uint64_t start_ticks) {
    return {.undo = Undo::restore_process, .process = {.pid = pid, .start_ticks = start_ticks}};
}

LedgerEntry queue(std::uint32_t pid, std::uint64_t start_ticks, std::uint32_t number) {
    return {.undo = Undo::resume_queue,
            .process = {.pid = pid, .start_ticks = start_ticks},
            .queue = number};
}

class EvictionLedgerTest : public testing::Test {
  protected:
    [[nodiscard]] EvictionLedger open() const {
        Result<EvictionLedger> opened = EvictionLedger::open(path);
        EXPECT_TRUE(opened) << opened.error().message();
        return std::move(*opened);
    }

    [[nodiscard]] std::string refusal() const {
        const Result<EvictionLedger> opened = EvictionLedger::open(path);
        return opened ? "" : opened.error().message();
    }

    [[nodiscard]] std::vector<LedgerEntry> entries_left() const {
        std::vector<LedgerEntry> entries;
        for (const EvictionLedger::LeftOver& left : open().left_over()) {
            entries.push_back(left.entry);
        }
        return entries;
    }

    penstock::fakes::ScratchTree run;
    std::string path = run.root() + "/ledger";
};

TEST_F(EvictionLedgerTest, makes_a_file_that_only_we_can_read) {
    EXPECT_TRUE(open().empty());
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(EvictionLedgerTest, has_each_line_in_the_file_as_soon_as_it_is_entered) {
    EvictionLedger ledger = open();
    const auto first = ledger.enter(process(100, 7));
    const auto second = ledger.enter(queue(100, 7, 3));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(fakes::lines_in(path), "E 100 7,V 100 7 3");
    EXPECT_FALSE(ledger.empty());
    ledger.strike(*first);
    EXPECT_EQ(fakes::lines_in(path), "V 100 7 3");
    ledger.strike(*second);
    EXPECT_EQ(fakes::lines_in(path), "");
    EXPECT_TRUE(ledger.empty());
}

TEST_F(EvictionLedgerTest, shows_the_next_gate_what_was_not_struck) {
    {
        EvictionLedger ledger = open();
        const auto struck = ledger.enter(process(1, 1));
        ASSERT_TRUE(ledger.enter(process(100, 7)));
        ASSERT_TRUE(ledger.enter(queue(100, 7, 3)));
        EXPECT_THAT(ledger.left_over(), IsEmpty());
        ledger.strike(*struck);
    }
    EXPECT_THAT(entries_left(), ElementsAre(process(100, 7), queue(100, 7, 3)));
    EXPECT_FALSE(open().empty());
}

TEST_F(EvictionLedgerTest, does_not_write_over_what_was_left) {
    {
        ASSERT_TRUE(open().enter(process(100, 7)));
    }
    EvictionLedger ledger = open();
    ASSERT_TRUE(ledger.enter(process(200, 9)));
    EXPECT_EQ(fakes::lines_in(path), "E 100 7,E 200 9");
    ledger.strike(ledger.left_over().front().line);
    EXPECT_EQ(fakes::lines_in(path), "E 200 9");
}

TEST_F(EvictionLedgerTest, hands_out_again_what_its_user_could_not_undo) {
    EvictionLedger ledger = open();
    const auto line = ledger.enter(process(100, 7));
    ledger.leave(*line);
    EXPECT_THAT(ledger.left_over(),
                ElementsAre(EvictionLedger::LeftOver{.line = *line, .entry = process(100, 7)}));
    EXPECT_EQ(fakes::lines_in(path), "E 100 7");
}

TEST_F(EvictionLedgerTest, is_full_at_its_limit_and_usable_after_a_strike) {
    EvictionLedger ledger = open();
    for (EvictionLedger::Line line = 0; line < EvictionLedger::most_lines; ++line) {
        ASSERT_TRUE(ledger.enter(process(1 + line, line)));
    }
    const auto refused = ledger.enter(process(5000, 1));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("is full: 4096 undos are due"));
    ledger.strike(17);
    EXPECT_EQ(ledger.enter(process(5000, 1)).value_or(0), 17U);
    EXPECT_EQ(std::filesystem::file_size(path),
              EvictionLedger::most_lines * EvictionLedger::line_bytes);
}

TEST_F(EvictionLedgerTest, takes_over_a_full_one) {
    {
        EvictionLedger ledger = open();
        for (EvictionLedger::Line line = 0; line < EvictionLedger::most_lines; ++line) {
            ASSERT_TRUE(ledger.enter(process(1 + line, line)));
        }
    }
    EvictionLedger ledger = open();
    EXPECT_EQ(ledger.left_over().size(), EvictionLedger::most_lines);
    EXPECT_FALSE(ledger.enter(process(1, 1)));
}

TEST_F(EvictionLedgerTest, is_refused_while_another_gate_uses_it) {
    {
        const EvictionLedger ledger = open();
        EXPECT_THAT(refusal(), HasSubstr("ledger is in use by another gate"));
    }
    EXPECT_EQ(refusal(), "");
}

TEST_F(EvictionLedgerTest, counts_lines_that_make_no_sense_and_writes_over_them) {
    const std::string good = ledger_line(process(100, 7));
    const std::string spoilt(EvictionLedger::line_bytes, 'x');
    run.write("ledger", spoilt + good + "E 5");
    ::chmod(path.c_str(), 0600);
    EvictionLedger ledger = open();
    EXPECT_EQ(ledger.garbage(), 2U);
    EXPECT_EQ(ledger.left_over().size(), 1U);
    ASSERT_TRUE(ledger.enter(process(1, 1)));
    ASSERT_TRUE(ledger.enter(process(2, 2)));
    EXPECT_EQ(fakes::lines_in(path), "E 1 1,E 100 7,E 2 2");
}

TEST_F(EvictionLedgerTest, reads_no_further_than_it_could_have_written) {
    std::string text;
    for (EvictionLedger::Line line = 0; line < EvictionLedger::most_lines + 10; ++line) {
        text += ledger_line(process(1 + line, 1));
    }
    run.write("ledger", text);
    ::chmod(path.c_str(), 0600);
    EXPECT_EQ(open().left_over().size(), EvictionLedger::most_lines);
}

TEST_F(EvictionLedgerTest, takes_holes_for_free_lines) {
    run.write("ledger", std::string(EvictionLedger::line_bytes * 3, '\0'));
    ::chmod(path.c_str(), 0600);
    const EvictionLedger ledger = open();
    EXPECT_EQ(ledger.garbage(), 0U);
    EXPECT_TRUE(ledger.empty());
}

TEST_F(EvictionLedgerTest, is_no_link_no_pipe_and_no_folder) {
    run.write("elsewhere", "");
    std::filesystem::create_symlink(run.root() + "/elsewhere", path);
    EXPECT_THAT(refusal(), HasSubstr("open "));
    std::filesystem::remove(path);
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_THAT(refusal(), HasSubstr("is not a regular file"));
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    EXPECT_THAT(refusal(), HasSubstr("open "));
}

TEST_F(EvictionLedgerTest, is_refused_when_others_could_have_written_it) {
    run.write("ledger", "");
    ::chmod(path.c_str(), 0622);
    EXPECT_THAT(refusal(), HasSubstr("can be written by others"));
}

TEST_F(EvictionLedgerTest, is_refused_when_it_belongs_to_somebody_else) {
    path = "/etc/hostname";
    if (::geteuid() == 0) {
        path = run.root() + "/foreign";
        run.write("foreign", "");
        ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
        EXPECT_THAT(refusal(), HasSubstr("belongs to user 12345, expected 0"));
    } else {
        EXPECT_NE(refusal(), "");
    }
}

TEST(LedgerLine, is_read_back_as_it_was_written) {
    for (const LedgerEntry& entry : {process(1, 0),
                                     process(4194304, 18446744073709551615U),
                                     queue(2147483647, 7, 4294967295)}) {
        const std::string line = ledger_line(entry);
        EXPECT_EQ(line.size(), EvictionLedger::line_bytes);
        EXPECT_EQ(line.back(), '\n');
        EXPECT_EQ(parse_ledger_line(line), entry);
    }
}

TEST(LedgerLine, is_not_guessed_at) {
    const auto padded = [](std::string text) {
        text.resize(EvictionLedger::line_bytes - 1, ' ');
        return text + "\n";
    };
    EXPECT_TRUE(parse_ledger_line(padded("E 5 7")));
    for (const char* text : {"",
                             "E",
                             "E 5",
                             "E 5 7 9",
                             "V 5 7",
                             "V 5 7 9 1",
                             "X 5 7",
                             "E 0 7",
                             "E -5 7",
                             "E 05 7",
                             "E 5  7",
                             " E 5 7",
                             "E 4294967295 7",
                             "E 5 18446744073709551616",
                             "V 5 7 4294967296",
                             "e 5 7",
                             "E 5 7x"}) {
        EXPECT_FALSE(parse_ledger_line(padded(text))) << text;
    }
    EXPECT_FALSE(parse_ledger_line("E 5 7\n"));
    EXPECT_FALSE(parse_ledger_line(""));
}

}  // namespace
}  // namespace penstock::gate
