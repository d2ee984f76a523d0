// SPDX-License-Identifier: Apache-2.0

#include "sim/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::sim {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

Snapshot reading(std::optional<std::uint64_t> rate) {
    Snapshot snapshot;
    snapshot.memory = {{.number = 0}};
    snapshot.memory[0].read.source =
        Origin(std::string(rate ? "a counter" : "the counter is lost"));
    if (rate) {
        snapshot.memory[0].read.value = BytesPerSecond{*rate};
    }
    snapshot.memory[0].written.source = "no counter of writes";
    return snapshot;
}

TEST(Summary, has_least_mean_and_largest_of_what_is_known) {
    Summary summary;
    for (const auto rate : {std::optional<std::uint64_t>(300), {}, {100}, {200}}) {
        summary.add(reading(rate));
    }
    EXPECT_THAT(summary.text(),
                ContainsRegex("memory 0 +read_bytes_per_second +100 +200 +300 +75 %  a counter "
                              "\\(counter\\)\n"));
}

TEST(Summary, says_why_a_figure_was_never_known) {
    Summary summary;
    summary.add(reading({}));
    EXPECT_THAT(summary.text(), ContainsRegex("write_bytes_per_second +- +- +- +-  no counter of"));
    EXPECT_THAT(summary.text(), ContainsRegex("read_bytes_per_second +- +- +- +-  the counter is"));
}

TEST(Summary, ends_with_the_sources_and_how_long_the_run_was) {
    Summary summary;
    Snapshot snapshot;
    snapshot.sources = {{.name = "uncore", .standing = Standing::absent, .reason = "no\x1bsuch"}};
    snapshot.odd_readings = 3;
    summary.add(snapshot);
    EXPECT_THAT(summary.text(), HasSubstr("uncore: absent, no?such\n1 ticks, 3 odd readings\n"));
}

}  // namespace
}  // namespace penstock::sim
