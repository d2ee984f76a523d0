// SPDX-License-Identifier: Apache-2.0

#include "base/chrome_trace.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(ChromeTrace, is_a_line_for_each_event) {
    std::string text;
    ChromeTrace events(text);
    events.open();
    events.name_group(7, "device \"7\"");
    events.name_row({.group = 7, .row = 42}, "train\n 42");
    events.span({.group = 7, .row = 42}, "preempted", 1'500, 2'000'001);
    events.mark({.group = 7, .row = 42}, "resume", 3'000'000);
    events.counter(7, "PCIe", 1'000, {{"received", 1.5}, {"sent", 0}});
    events.close("emulated", R"({"dropped":0})");
    EXPECT_EQ(text,
              R"({"traceEvents":[
{"name":"process_name","ph":"M","pid":7,"args":{"name":"device \"7\""}},
{"name":"thread_name","ph":"M","pid":7,"tid":42,"args":{"name":"train? 42"}},
{"name":"preempted","ph":"X","pid":7,"tid":42,"ts":1.5,"dur":2000.001},
{"name":"resume","ph":"i","pid":7,"s":"t","tid":42,"ts":3000},
{"name":"PCIe","ph":"C","pid":7,"ts":1,"args":{"received":1.5,"sent":0}},
{"name":"emulated","ph":"i","pid":0,"s":"g","tid":0,"ts":0}
],"displayTimeUnit":"ms","otherData":{"dropped":0}}
)");
}

TEST(ChromeTrace, without_events_is_whole_too) {
    std::string text;
    ChromeTrace events(text);
    events.open();
    events.close("", "{}");
    EXPECT_EQ(text,
              "{\"traceEvents\":[\n{\"name\":\"\",\"ph\":\"i\",\"pid\":0,\"s\":\"g\",\"tid\":0,"
              "\"ts\":0}\n],\"displayTimeUnit\":\"ms\",\"otherData\":{}}\n");
}

}  // namespace
}  // namespace penstock
