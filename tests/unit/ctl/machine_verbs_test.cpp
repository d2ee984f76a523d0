// SPDX-License-Identifier: Apache-2.0
//
// The verbs that look at a machine themselves: record and decode, without agent and bus.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/ctl/decode.h"
#include "tests/unit/ctl/child.h"
#include "tests/unit/doctor/machine.h"

namespace penstock::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

// An APU whose firmware measures DRAM traffic.
void make_apu(Machine& machine) {
    machine.recorded_topology("strixpoint");
    machine.write("sys/class/drm/renderD128/device/gpu_metrics",
                  content(std::string(PENSTOCK_CORPORA) + "/gpu_metrics/v3_0"));
}

Ended ctl(std::vector<std::string> words) {
    words.insert(words.begin(), {PENSTOCKCTL, "--bus=unix:path=/nonexistent/bus"});
    return run_to_end(words);
}

TEST(Record, writes_a_line_for_each_answer_and_says_how_much_there_is) {
    Machine machine;
    make_apu(machine);
    const std::string file = machine.path("recording");
    const Ended ended =
        ctl({"record", file, "--duration=3ms", "--interval=1ms", "--sysroot=" + machine.root()});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    const std::string text = content(file);
    EXPECT_THAT(ended.output,
                testing::MatchesRegex("recorded [0-9]+ ticks, [0-9]+ of [0-9]+ "
                                      "sources available, [0-9]+ bytes\n"));
    EXPECT_THAT(ended.output, HasSubstr(" " + std::to_string(text.size()) + " bytes"));
    EXPECT_THAT(text, StartsWith("{\"penstock_recording\":1,"));
    EXPECT_THAT(text, HasSubstr("\n{\"tick\":"));
    EXPECT_THAT(text, HasSubstr("{\"file\":\"sys/class/drm/renderD128/device/gpu_metrics\","));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        EXPECT_TRUE(json::accept(line)) << line;
    }
}

TEST(Record, keeps_its_file_from_others) {
    const Machine machine;
    const std::string file = machine.path("recording");
    ASSERT_EQ(ctl({"record", file, "--duration=1ms", "--sysroot=" + machine.root()}).status, 0);
    struct stat found{};
    ASSERT_EQ(::stat(file.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST(Record, writes_over_no_file_and_through_no_link) {
    Machine machine;
    machine.write("there", "already");
    std::filesystem::create_symlink("there", machine.path("link"));
    for (const char* name : {"there", "link"}) {
        const Ended ended = ctl({"record", machine.path(name), "--duration=1ms"});
        EXPECT_EQ(ended.status, 1);
        EXPECT_THAT(ended.errors, HasSubstr("File exists"));
    }
    EXPECT_EQ(content(machine.path("there")), "already");
}

TEST(Record, to_standard_output_says_the_rest_beside_it) {
    const Machine machine;
    const Ended ended = ctl({"record", "-", "--duration=1ms", "--sysroot=" + machine.root()});
    EXPECT_THAT(ended.output, StartsWith("{\"penstock_recording\":1,"));
    EXPECT_THAT(ended.output, testing::Not(HasSubstr("recorded")));
    EXPECT_THAT(ended.errors, StartsWith("recorded "));
}

TEST(Record, says_what_is_an_emulator_s) {
    Machine machine;
    machine.write("emulator/counters", "");
    const Ended ended = ctl({"record", "-", "--duration=1ms", "--sysroot=" + machine.root()});
    EXPECT_THAT(ended.output, HasSubstr("\"emulated\":true"));
}

TEST(Record, ends_in_order_when_it_is_interrupted) {
    const Machine machine;
    const std::string file = machine.path("recording");
    // Its first line is there once the first tick is over.
    Child child({"sh",
                 "-c",
                 std::string(PENSTOCKCTL) + " record " + file +
                     " --interval=1ms --sysroot=" + machine.root() + " & until test -s " + file +
                     "; do :; done; kill -INT $!; wait $!; echo ended with $?"});
    EXPECT_THAT(child.read_line(), StartsWith("recorded "));
    EXPECT_EQ(child.read_line(), "ended with 0");
}

TEST(Decode, shows_a_file_s_fields_with_their_units) {
    const std::string file = std::string(PENSTOCK_CORPORA) + "/gpu_metrics/v3_0";
    const Ended shown = ctl({"decode", "gpu-metrics", file, "--json"});
    ASSERT_EQ(shown.status, 0) << shown.errors;
    const json fields = json::parse(shown.output);
    EXPECT_EQ(fields["average_dram_reads"]["value"].get<double>(), 1'234'000'000);
    EXPECT_FALSE(fields["average_dram_reads"]["unit"].get<std::string>().empty());
    EXPECT_THAT(ctl({"decode", "gpu-metrics", file}).output, HasSubstr("average_dram_reads"));
}

TEST(Decode, shows_null_for_what_the_file_does_not_know) {
    const std::string file = std::string(PENSTOCK_CORPORA) + "/gpu_metrics/v3_0_unknown_values";
    const json fields = json::parse(ctl({"decode", "gpu-metrics", file, "--json"}).output);
    EXPECT_TRUE(fields["average_dram_reads"]["value"].is_null());
    EXPECT_THAT(ctl({"decode", "gpu-metrics", file}).output, testing::ContainsRegex(" - +"));
}

TEST(Decode, refuses_what_it_does_not_understand) {
    const Ended kind = ctl({"decode", "horoscope", "/dev/null"});
    EXPECT_EQ(kind.status, 2);
    EXPECT_THAT(kind.errors, HasSubstr("expected one of gpu-metrics"));
    const Ended file = ctl({"decode", "gpu-metrics", "/dev/null"});
    EXPECT_EQ(file.status, 1);
    EXPECT_THAT(file.errors, HasSubstr("gpu_metrics has 0 bytes"));
    EXPECT_THAT(ctl({"decode", "gpu-metrics", "/nonexistent/x"}).errors,
                HasSubstr("No such file or directory"));
}

TEST(Decode, prints_nothing_that_steers_a_terminal) {
    const std::vector<DecodedField> fields{{.name = "a\x1b[2J", .unit = "1", .value = "x\ny"}};
    EXPECT_THAT(ctl::decoded_text(fields), HasSubstr("a?[2J    x?y  1"));
    EXPECT_EQ(ctl::decoded_json(fields)["a?[2J"]["value"], "x?y");
}

}  // namespace
}  // namespace penstock::test
