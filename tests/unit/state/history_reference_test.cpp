// SPDX-License-Identifier: Apache-2.0
//
// The history against one that keeps every value and adds them up anew for each question.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "agent/state/history.h"
#include "tests/property/dice.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using Points = std::vector<HourRing::Point>;

constexpr std::int64_t hour = 3600;

class Reference {
  public:
    void note(TimePoint now, std::optional<std::uint64_t> value) {
        present_ = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
        if (value) {
            values_[present_].push_back(static_cast<double>(*value));
        }
    }

    [[nodiscard]] Points points(const History::Question& question) const {
        const std::int64_t oldest = present_ - hour + 1;
        const std::int64_t end = std::min(question.end.value_or(present_ + 1), present_ + 1);
        const std::int64_t origin = question.first.value_or(oldest_value(oldest));
        std::map<std::int64_t, std::vector<Spread>> periods;
        for (const auto& [second, values] : values_) {
            if (second >= std::max(origin, oldest) && second < end) {
                periods[origin + ((second - origin) / question.step * question.step)].push_back(
                    spread_of(values));
            }
        }
        Points points;
        for (const auto& [begin, spreads] : periods) {
            points.push_back({.second = begin, .spread = joined(spreads)});
        }
        return points;
    }

    [[nodiscard]] std::int64_t present() const { return present_; }

  private:
    [[nodiscard]] std::int64_t oldest_value(std::int64_t oldest) const {
        const auto found = values_.lower_bound(oldest);
        return found != values_.end() ? found->first : oldest;
    }

    static Spread spread_of(const std::vector<double>& values) {
        Spread spread{.least = values[0], .mean = 0, .most = values[0]};
        for (const double value : values) {
            spread.least = std::min(spread.least, value);
            spread.most = std::max(spread.most, value);
            spread.mean += value / static_cast<double>(values.size());
        }
        return spread;
    }

    static Spread joined(const std::vector<Spread>& spreads) {
        Spread all = spreads[0];
        all.mean = 0;
        for (const Spread& each : spreads) {
            all.least = std::min(all.least, each.least);
            all.most = std::max(all.most, each.most);
            all.mean += each.mean / static_cast<double>(spreads.size());
        }
        return all;
    }

    std::map<std::int64_t, std::vector<double>> values_;
    std::int64_t present_ = 0;
};

// Mostly ticks of all paces, now and then a silence of minutes, or of hours.
Duration pause(Dice& dice) {
    if (dice.one_in(400)) {
        return std::chrono::seconds(dice.between(1, 9000));
    }
    return dice.one_in(20) ? std::chrono::seconds(dice.between(1, 300))
                           : std::chrono::milliseconds(dice.between(10, 700));
}

History::Question random_question(Dice& dice, std::int64_t present) {
    History::Question question;
    question.step = dice.one_in(3) ? 1 : dice.between(1, 900);
    if (!dice.one_in(4)) {
        question.first = std::max(present - dice.between(-5, 4000), std::int64_t{1});
    }
    if (!dice.one_in(3)) {
        question.end = present - dice.between(-50, 4000);
    }
    return question;
}

// Floats have seven digits.
void expect_like(const Points& got, const Points& wanted) {
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t at = 0; at < got.size(); ++at) {
        EXPECT_EQ(got[at].second, wanted[at].second);
        EXPECT_EQ(got[at].spread.least, wanted[at].spread.least);
        EXPECT_EQ(got[at].spread.most, wanted[at].spread.most);
        EXPECT_NEAR(
            got[at].spread.mean, wanted[at].spread.mean, 1e-6 * std::abs(wanted[at].spread.mean));
    }
}

void compare(std::uint32_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    History history;
    Reference reference;
    Snapshot snapshot;
    snapshot.memory = {{.number = 0}};
    snapshot.now = TimePoint(std::chrono::milliseconds(dice.below(20'000'000)));
    for (int tick = 0; tick < 2000; ++tick) {
        std::optional<std::uint64_t> value = dice.below(1'000'000);
        if (dice.one_in(6)) {
            value.reset();
        }
        snapshot.memory[0].read.value =
            value ? std::optional(BytesPerSecond{*value}) : std::nullopt;
        history.note(snapshot, {});
        reference.note(snapshot.now, value);
        if (dice.one_in(20)) {
            const History::Question question = random_question(dice, reference.present());
            const auto points = history.points("memory/0/read", question);
            expect_like(points.value_or(Points{}), reference.points(question));
        }
        snapshot.now += pause(dice);
    }
}

TEST(History, answers_as_one_that_keeps_every_value) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        compare(seed);
    }
}

}  // namespace
}  // namespace penstock
