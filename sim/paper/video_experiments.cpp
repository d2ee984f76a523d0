// SPDX-License-Identifier: Apache-2.0
//
// Fig. 14: a display of 25 frames a second beside speech recognition that has to be done in time.
//
// The rows are those of the scenarios p9_video_* that lie in the folder.

#include <algorithm>
#include <filesystem>

#include "sim/comparison.h"
#include "sim/metrics.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {
namespace {

constexpr Demand speech{.work_ms = 800, .period_ms = 3000};
constexpr double frame_period_ms = 40;
constexpr const char* frames_gap = "gap_p99_ms";

bool gaps_are_told() {
    return std::ranges::find(job_metrics(), frames_gap, &JobMetric::key) != job_metrics().end();
}

Experiment row(const std::string& id, const char* subject, const char* paper, Band band) {
    return {.id = id,
            .figure = "Fig. 14",
            .subject = subject,
            .paper = paper,
            .band = band,
            .decimals = 1};
}

void add_frames(Experiments& rows, double frame_ms, const Play& play) {
    const Demand video{.work_ms = frame_ms, .period_ms = frame_period_ms};
    const bool fits = demanded(video, speech) <= 1;
    const std::string id = "fig14.video." + std::to_string(static_cast<int>(frame_ms)) + "ms";
    rows.push_back(row(id + ".gap", "P99 between two frames, ms", "95", frame_gap(video, fits)));
    rows.back().measure = metric_of(play, "video", frames_gap);
    rows.back().note = fits ? ""
                            : "together they need more than there is: a gap of two periods is a "
                              "frame that was dropped";
    rows.push_back(row(id + ".speech",
                       "longest recognition, ms",
                       "< 3000",
                       {.least = 0, .most = speech.period_ms}));
    rows.back().measure = metric_of(play, "speech", "max_ms");
    rows.push_back(
        row(id + ".native",
            "P99 between two frames natively, ms",
            "880",
            {.least = speech.work_ms / 2, .most = speech.work_ms + frame_ms + frame_period_ms}));
    rows.back().measure = metric_of(
        {.scenario = play.scenario, .policy = std::string(native_name)}, "video", frames_gap);
}

}  // namespace

Experiments video_experiments(const std::string& folder) {
    Experiments rows;
    for (const int frame_ms : {24, 28, 30, 32}) {
        const std::string scenario = "p9_video_" + std::to_string(frame_ms) + "ms";
        const auto file = std::filesystem::path(folder) / (scenario + ".conf");
        std::error_code absent;
        if (gaps_are_told() && std::filesystem::exists(file, absent)) {
            add_frames(rows, frame_ms, {.scenario = scenario, .policy = "quick"});
        }
    }
    return rows;
}

}  // namespace penstock::sim
