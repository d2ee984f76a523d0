// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/csv_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CsvRows opened(std::string_view text) {
    Result<CsvRows> rows = CsvRows::open("f.csv", text);
    EXPECT_TRUE(rows) << rows.error().message();
    return std::move(*rows);
}

std::vector<std::string_view> next(CsvRows& rows) {
    const auto fields = rows.next();
    EXPECT_TRUE(fields) << fields.error().message();
    if (!fields || !*fields) {
        return {};
    }
    return {(*fields)->begin(), (*fields)->end()};
}

TEST(CsvRows, finds_columns_by_name) {
    CsvRows rows = opened("a, b ,c d\n1,2,3\n");
    EXPECT_EQ(rows.column("a"), 0U);
    EXPECT_EQ(rows.column("b"), 1U) << "blanks around a name do not count";
    EXPECT_EQ(rows.column("c d"), 2U);
    EXPECT_FALSE(rows.column("d"));
}

TEST(CsvRows, go_from_line_to_line) {
    CsvRows rows = opened("a,b\n1,2\n3,\n");
    EXPECT_THAT(next(rows), ElementsAre("1", "2"));
    EXPECT_EQ(rows.place(), "f.csv:2: ");
    EXPECT_THAT(next(rows), ElementsAre("3", ""));
    EXPECT_TRUE(next(rows).empty());
    EXPECT_TRUE(next(rows).empty());
}

TEST(CsvRows, may_end_as_on_windows_or_without_an_end) {
    CsvRows rows = opened(
        "\xef\xbb\xbf"
        "a,b\r\n1,2\r\n\r\n3,4");
    EXPECT_EQ(rows.column("a"), 0U);
    EXPECT_THAT(next(rows), ElementsAre("1", "2"));
    EXPECT_THAT(next(rows), ElementsAre("3", "4"));
    EXPECT_EQ(rows.line(), 4U) << "the empty line counts";
}

TEST(CsvRows, may_quote_what_has_commas) {
    CsvRows rows = opened("a,b,c\n\"1,5\",2,\"\"\n");
    EXPECT_THAT(next(rows), ElementsAre("1,5", "2", ""));
}

TEST(CsvRows, refuse_a_row_that_is_longer_or_shorter_than_the_header) {
    for (const char* text : {"a,b\n1\n", "a,b\n1,2,3\n"}) {
        CsvRows rows = opened(text);
        const auto fields = rows.next();
        ASSERT_FALSE(fields);
        EXPECT_THAT(fields.error().message(), HasSubstr("f.csv:2: "));
        EXPECT_THAT(fields.error().message(), HasSubstr("where the header has 2"));
    }
}

TEST(CsvRows, refuse_a_quote_that_is_not_closed) {
    CsvRows rows = opened("a,b\n\"1,2\n");
    EXPECT_THAT(rows.next().error().message(), HasSubstr("f.csv:2: a quote is not closed"));
}

TEST(CsvRows, refuse_what_has_no_header) {
    for (const char* text : {"", "\n\n", "\r\n"}) {
        const Result<CsvRows> rows = CsvRows::open("f.csv", text);
        ASSERT_FALSE(rows);
        EXPECT_THAT(rows.error().message(), HasSubstr("f.csv:1: the file is empty"));
    }
}

TEST(CsvRows, refuse_two_columns_of_one_name) {
    EXPECT_THAT(CsvRows::open("f.csv", "a,b,a\n").error().message(),
                HasSubstr("f.csv:1: two columns are called a"));
}

TEST(CsvRows, bound_the_number_of_columns) {
    const std::string header(CsvRows::most_columns, ',');
    EXPECT_THAT(CsvRows::open("f.csv", header).error().message(), HasSubstr("too many columns"));
    EXPECT_TRUE(CsvRows::open("f.csv", header.substr(1)));
}

}  // namespace
}  // namespace penstock::sim
