// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/measured_grid.h"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::sim {
namespace {

constexpr std::string_view batch_place = "{batch}";
constexpr std::string_view length_place = "{length}";
constexpr std::size_t most_runs = 1'000'000;

bool names(const std::vector<std::string>& command, std::string_view place) {
    return std::ranges::any_of(
        command, [&](const std::string& word) { return word.find(place) != std::string::npos; });
}

void replace(std::string& word, std::string_view place, const std::string& by) {
    for (std::size_t at = word.find(place); at != std::string::npos;
         at = word.find(place, at + by.size())) {
        word.replace(at, place.size(), by);
    }
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Measures points, one after the other.
class Survey {
  public:
    Survey(const GridPlan& plan, const MeasureBatch& measure, const TellProgress& progress)
        : plan_(plan),
          measure_(measure),
          progress_(progress),
          all_(plan.batches.size() * plan.lengths.size() * (plan.warm_ups + plan.repeats)) {}

    Result<MeasuredPoint> point(std::uint32_t requests, std::uint32_t longest) {
        const std::vector<std::string> words = words_for(plan_.command, requests, longest);
        std::vector<double> seconds;
        for (std::uint32_t run = 0; run < plan_.warm_ups + plan_.repeats; ++run) {
            const Result<double> took = measure_(words);
            if (!took) {
                return fail(took.error(),
                            fmt::format("{}, for {} requests of {} tokens",
                                        plan_.command.front(),
                                        requests,
                                        longest));
            }
            if (run >= plan_.warm_ups) {
                seconds.push_back(*took);
            }
            ++done_;
            if (progress_) {
                progress_(done_, all_);
            }
        }
        const auto [least, most] = std::ranges::minmax(seconds);
        return MeasuredPoint{.requests = requests,
                             .longest = longest,
                             .median_s = median(seconds),
                             .least_s = least,
                             .most_s = most};
    }

  private:
    const GridPlan& plan_;
    const MeasureBatch& measure_;
    const TellProgress& progress_;
    std::size_t all_;
    std::size_t done_ = 0;
};

}  // namespace

Result<> check(const GridPlan& plan) {
    if (plan.command.empty() || plan.command.front().empty()) {
        return fail("there is no command");
    }
    if (names(plan.command, batch_place) != names(plan.command, length_place)) {
        return fail(
            fmt::format("the command names one of {} and {} only", batch_place, length_place));
    }
    const std::size_t points = plan.batches.size() * plan.lengths.size();
    if (points == 0 || points * (plan.warm_ups + plan.repeats) > most_runs) {
        return fail(fmt::format("that is not from 1 to {} measurements", most_runs));
    }
    return {};
}

std::vector<std::string> words_for(const std::vector<std::string>& command,
                                   std::uint32_t requests,
                                   std::uint32_t longest) {
    std::vector<std::string> words = command;
    if (!names(command, batch_place) && !names(command, length_place)) {
        words.push_back(std::to_string(requests));
        words.push_back(std::to_string(longest));
    }
    for (std::string& word : words) {
        replace(word, batch_place, std::to_string(requests));
        replace(word, length_place, std::to_string(longest));
    }
    return words;
}

MeasuredGrid measure_grid(const GridPlan& plan,
                          const MeasureBatch& measure,
                          const TellProgress& progress) {
    Survey survey(plan, measure, progress);
    MeasuredGrid grid;
    const std::size_t sizes = plan.batches.size();
    for (std::size_t place = 0; place < sizes * plan.lengths.size(); ++place) {
        const Result<MeasuredPoint> point =
            survey.point(plan.batches[place % sizes], plan.lengths[place / sizes]);
        if (!point) {
            grid.done = std::unexpected(point.error());
            break;
        }
        grid.points.push_back(*point);
    }
    return grid;
}

std::string grid_csv(const std::vector<MeasuredPoint>& points) {
    std::string text = "batch_size,max_seq_len,mean_latency_sec,least_sec,most_sec\n";
    for (const MeasuredPoint& point : points) {
        text += fmt::format("{},{},{},{},{}\n",
                            point.requests,
                            point.longest,
                            point.median_s,
                            point.least_s,
                            point.most_s);
    }
    return text;
}

}  // namespace penstock::sim
