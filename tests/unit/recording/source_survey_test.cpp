// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/source_survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "tests/unit/recording/paper_machine.h"

namespace penstock {
namespace {

using test::PaperMachine;
using namespace std::chrono_literals;

// Shared with the thread that a test leaves behind.
struct Gate {
    std::mutex lock{};
    std::condition_variable opened{};
    bool open = false;

    void wait() {
        std::unique_lock holding(lock);
        opened.wait(holding, [this] { return open; });
    }

    void let_through() {
        const std::scoped_lock holding(lock);
        open = true;
        opened.notify_all();
    }
};

class StubSource final : public Source {
  public:
    StubSource(std::string name, Opened answer, std::shared_ptr<Gate> gate = nullptr)
        : name_(std::move(name)), answer_(std::move(answer)), gate_(std::move(gate)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }

    [[nodiscard]] Pace pace() const override { return {.period = 1s}; }

    Opened open(Machine& /*machine*/, const Surroundings& /*around*/, SourceId /*self*/) override {
        if (gate_) {
            gate_->wait();
        }
        return answer_;
    }

    bool read(TimePoint /*now*/, Readings& /*into*/) override { return true; }

  private:
    std::string name_;
    Opened answer_;
    std::shared_ptr<Gate> gate_;
};

NumberedSource numbered(std::unique_ptr<Source> source) {
    return {.source = std::move(source)};
}

SurveyParts patient() {
    return {.machine = std::make_shared<PaperMachine>(), .patience = 600s};
}

TEST(SourceSurvey, says_how_each_source_stands_in_their_order) {
    std::vector<NumberedSource> sources;
    sources.push_back(numbered(std::make_unique<StubSource>("a", Available{"two boxes"})));
    sources.push_back(numbered(std::make_unique<StubSource>("b", Absent{"no such file"})));
    sources.push_back(numbered(std::make_unique<StubSource>("c", Later{"it sleeps"})));
    const std::vector<SourceState> expected{
        {.name = "a", .standing = Standing::available, .reason = "two boxes"},
        {.name = "b", .standing = Standing::absent, .reason = "no such file"},
        {.name = "c", .standing = Standing::later, .reason = "it sleeps"},
    };
    EXPECT_EQ(survey_sources(patient(), std::move(sources)), expected);
}

TEST(SourceSurvey, does_not_wait_for_a_source_that_blocks) {
    const auto gate = std::make_shared<Gate>();
    std::vector<NumberedSource> sources;
    sources.push_back(numbered(std::make_unique<StubSource>("stuck", Available{"late"}, gate)));
    SurveyParts hurried = patient();
    hurried.patience = 1ms;
    const auto states = survey_sources(hurried, std::move(sources));
    gate->let_through();
    ASSERT_EQ(states.size(), 1U);
    EXPECT_EQ(states[0].name, "stuck");
    EXPECT_EQ(states[0].standing, Standing::later);
    EXPECT_EQ(states[0].reason, "it did not answer within 1 ms");
}

TEST(SourceSurvey, opens_more_sources_than_fit_into_one_batch) {
    std::vector<NumberedSource> sources;
    for (int each = 0; each < 150; ++each) {
        sources.push_back(
            numbered(std::make_unique<StubSource>(std::to_string(each), Available{"it"})));
    }
    const auto states = survey_sources(patient(), std::move(sources));
    ASSERT_EQ(states.size(), 150U);
    EXPECT_EQ(states[149].name, "149");
    EXPECT_EQ(states[149].standing, Standing::available);
}

}  // namespace
}  // namespace penstock
