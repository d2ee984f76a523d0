// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/source_survey.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>

#include "agent/probes/source_group.h"
#include "base/clock.h"

namespace penstock {
namespace {

// A machine with many devices has many sources.
constexpr std::size_t most_at_once = 64;

std::string text_of(Duration patience) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

// One source being opened; shared with the thread that does it.
class Attempt {
  public:
    static std::shared_ptr<Attempt> begin(const SurveyParts& parts, NumberedSource source) {
        auto attempt = std::make_shared<Attempt>(std::string(source.source->name()));
        try {
            std::thread([attempt,
                         machine = parts.machine,
                         around = parts.around,
                         source = std::move(source)]() mutable {
                SourceState state =
                    state_of(attempt->name_, source.source->open(*machine, around, source.id));
                source.source.reset();
                attempt->settle(std::move(state));
            }).detach();
        } catch (const std::system_error& refused) {
            attempt->settle(attempt->undecided(
                Error{.code = refused.code().value(), .doing = "start a thread for it"}.message()));
        }
        return attempt;
    }

    explicit Attempt(std::string name) : name_(std::move(name)) {}

    SourceState outcome(TimePoint deadline, Duration patience) {
        std::unique_lock holding(lock_);
        settled_.wait_until(holding, deadline, [this] { return state_.has_value(); });
        return state_ ? *state_ : undecided("it did not answer within " + text_of(patience));
    }

  private:
    [[nodiscard]] SourceState undecided(std::string why) const {
        return {.name = name_, .standing = Standing::later, .reason = std::move(why)};
    }

    void settle(SourceState state) {
        const std::scoped_lock holding(lock_);
        state_ = std::move(state);
        settled_.notify_all();
    }

    std::string name_;
    std::mutex lock_;
    std::condition_variable settled_;
    std::optional<SourceState> state_;
};

}  // namespace

std::vector<SourceState> survey_sources(const SurveyParts& parts,
                                        std::vector<NumberedSource> sources) {
    std::vector<SourceState> states;
    for (std::size_t from = 0; from < sources.size(); from += most_at_once) {
        std::vector<std::shared_ptr<Attempt>> attempts;
        const auto batch =
            std::span(sources).subspan(from, std::min(most_at_once, sources.size() - from));
        for (NumberedSource& source : batch) {
            attempts.push_back(Attempt::begin(parts, std::move(source)));
        }
        const TimePoint deadline = monotonic_now() + parts.patience;
        for (const std::shared_ptr<Attempt>& attempt : attempts) {
            states.push_back(attempt->outcome(deadline, parts.patience));
        }
    }
    return states;
}

}  // namespace penstock
