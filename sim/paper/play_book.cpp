// SPDX-License-Identifier: Apache-2.0

#include "sim/paper/play_book.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "sim/comparison.h"
#include "sim/scenario_text.h"

namespace penstock::sim {
namespace {

Result<Scenario> sound_scenario(const std::string& folder, const std::string& name) {
    const std::string file = folder + "/" + name + ".conf";
    Result<ScenarioRead> read = load_scenario(file);
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    for (const config::Remark& remark : read->remarks.all()) {
        return fail(to_text(remark.place) + ": " + remark.sentence);
    }
    return std::move(read->scenario);
}

Result<RunFigures> played(const std::string& folder, const Play& play) {
    Result<Scenario> scenario = sound_scenario(folder, play.scenario);
    if (!scenario) {
        return std::unexpected(std::move(scenario).error());
    }
    if (!play.alone.empty()) {
        for (JobModel& job : scenario->jobs) {
            job.muted = job.name != play.alone;
        }
    }
    return run_policy(*scenario, play.policy);
}

// The plays that are still to be played, and what came of the others.
class Stack {
  public:
    Stack(const std::string& folder, const std::set<Play>& plays, const Progress& progress)
        : folder_(folder),
          plays_(plays.begin(), plays.end()),
          results_(plays.size(), RunFigures{}),
          progress_(progress) {}

    // Until there are no more.
    void work() {
        while (const std::optional<std::size_t> number = take()) {
            put(*number, played(folder_, plays_[*number]));
        }
    }

    Result<PlayBook> book() {
        PlayBook book;
        for (std::size_t number = 0; number < plays_.size(); ++number) {
            Result<RunFigures>& result = results_[number];
            if (!result) {
                return std::unexpected(std::move(result).error());
            }
            book.keep(plays_[number], std::move(*result));
        }
        return book;
    }

  private:
    std::optional<std::size_t> take() {
        const std::scoped_lock lock(mutex_);
        return next_ < plays_.size() ? std::optional(next_++) : std::nullopt;
    }

    void put(std::size_t number, Result<RunFigures> result) {
        const std::scoped_lock lock(mutex_);
        results_[number] = std::move(result);
        progress_(++done_, plays_.size());
    }

    const std::string& folder_;
    std::vector<Play> plays_;
    std::vector<Result<RunFigures>> results_;
    const Progress& progress_;
    std::mutex mutex_{};
    std::size_t next_ = 0;
    std::size_t done_ = 0;
};

// Together with this thread.
void work_on(Stack& stack, unsigned threads) {
    std::vector<std::jthread> others;
    for (unsigned number = 1; number < threads; ++number) {
        others.emplace_back(&Stack::work, &stack);
    }
    stack.work();
}

}  // namespace

Result<PlayBook> play_all(const std::string& folder,
                          const std::set<Play>& plays,
                          unsigned threads,
                          const Progress& progress) {
    Stack stack(folder, plays, progress);
    work_on(stack, threads);
    return stack.book();
}

}  // namespace penstock::sim
