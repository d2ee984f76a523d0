// SPDX-License-Identifier: Apache-2.0

#include "agent/decision_recorder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "agent/decisions/decision_reader.h"
#include "agent/loop/control_loop.h"
#include "policies/catalogue.h"
#include "tests/fakes/ports.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using decisions::DecisionReader;

struct DecisionRecorderTest : ::testing::Test {
    fakes::ScratchTree folder;
    std::string path = folder.root() + "/decisions.ndjson";

    [[nodiscard]] Result<DecisionReader> record() const {
        return DecisionReader::open(std::make_unique<std::ifstream>(path));
    }

    [[nodiscard]] std::string text() const {
        std::ostringstream whole;
        whole << std::ifstream(path).rdbuf();
        return whole.str();
    }
};

TEST_F(DecisionRecorderTest, witnesses_what_a_loop_sees_and_decides) {
    DecisionRecorder recorder;
    ASSERT_TRUE(recorder.open(path, 1 << 20));
    recorder.limited({});
    recorder.followed("fixed-priority", {});
    fakes::ScriptedProbes probes;
    fakes::RecordingActuator actuator;
    fakes::RecordingPublisher publisher;
    ControlLoop loop(
        {.probes = probes, .actuator = actuator, .publisher = publisher, .witness = &recorder},
        *make_policy("fixed-priority"),
        {});
    probes.next.queue_events.emplace_back(OwnerAppeared{{.id = OwnerId{1}, .pid = 7}});
    probes.next.queue_events.emplace_back(
        QueueAppeared{{.key = {.owner = OwnerId{1}, .gpu = GpuId{9}, .number = 0}}});
    loop.tick(TimePoint(5ms));
    recorder.acted({.owner = OwnerId{1}, .gpu = GpuId{9}, .done_ns = 6'000'000});
    loop.tick(TimePoint(15ms));
    recorder.end("the test is over");

    Result<DecisionReader> reader = record();
    ASSERT_TRUE(reader) << reader.error().message();
    EXPECT_TRUE(std::holds_alternative<decisions::Limited>(*reader->next()));
    EXPECT_EQ(std::get<decisions::Followed>(*reader->next()).policy, "fixed-priority");
    EXPECT_TRUE(std::get<decisions::Ticked>(*reader->next()).decided_anew);
    EXPECT_EQ(reader->seen().owners.front().pid, 7U);
    EXPECT_EQ(reader->decided(), actuator.applied.front());
    EXPECT_EQ(std::get<decisions::Done>(*reader->next()).act.owner, OwnerId{1});
    EXPECT_FALSE(std::get<decisions::Ticked>(*reader->next()).decided_anew);
    EXPECT_EQ(reader->seen().now, TimePoint(15ms));
    EXPECT_EQ(std::get<decisions::Ended>(*reader->next()).why, "the test is over");
}

// A crash takes at most a second of the record along.
TEST_F(DecisionRecorderTest, writes_at_least_once_a_second) {
    DecisionRecorder recorder;
    ASSERT_TRUE(recorder.open(path, 1 << 20));
    Snapshot seen{.now = TimePoint(10s)};
    recorder.witness(seen, {});
    const std::string first = text();
    EXPECT_NE(first, "");
    seen.now += 500ms;
    recorder.witness(seen, {});
    EXPECT_EQ(text(), first);
    seen.now += 500ms;
    recorder.witness(seen, {});
    EXPECT_GT(text().size(), first.size());
}

TEST_F(DecisionRecorderTest, ends_its_file_when_it_is_full) {
    DecisionRecorder recorder;
    ASSERT_TRUE(recorder.open(path, 1000));
    for (int tick = 1; tick < 100; ++tick) {
        recorder.witness({.now = TimePoint(tick * 10ms)}, {});
    }
    const std::string full = text();
    EXPECT_LE(full.size(), 1000U);
    EXPECT_TRUE(full.ends_with("{\"end\":\"the record is as long as it may be\"}\n"));
    recorder.end("again");
    EXPECT_EQ(text(), full);
}

TEST_F(DecisionRecorderTest, is_for_its_owner_s_eyes_and_follows_no_link) {
    std::ofstream(path) << "of before";
    ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
    DecisionRecorder recorder;
    ASSERT_TRUE(recorder.open(path, 1000));
    struct stat about{};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    const std::string link = folder.root() + "/link";
    ASSERT_EQ(::symlink(path.c_str(), link.c_str()), 0);
    const Result<> refused = DecisionRecorder().open(link, 1000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "open " + link + ": Too many levels of symbolic links");
}

// As most agents run.
TEST_F(DecisionRecorderTest, without_a_file_does_nothing) {
    DecisionRecorder recorder;
    recorder.followed("fixed-priority", {});
    recorder.limited({});
    recorder.acted({});
    recorder.witness({}, {});
    recorder.end("");
    EXPECT_EQ(text(), "");
}

}  // namespace
}  // namespace penstock
