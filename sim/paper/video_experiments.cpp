// SPDX-License-Identifier: Apache-2.0
//
// Fig. 14: a display of 25 frames a second beside speech recognition that has to be done in time.
//
// The rows are those of the scenarios p9_video_* that lie in the folder.

#include <algorithm>
#include <array>
#include <filesystem>

#include "sim/comparison.h"
#include "sim/metrics.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {
namespace {

constexpr Demand speech{.work_ms = 800, .period_ms = 3000};
constexpr double frame_period_ms = 40;
constexpr double frames = 90'000 / frame_period_ms;

constexpr const char* frames_gap = "gap_p99_ms";
constexpr const char* frames_dropped = "dropped";
constexpr const char* longest = "max_ms";

// Whether the simulator knows of frames.
bool frames_are_told() {
    const std::array<std::string_view, 3> keys{frames_gap, frames_dropped, longest};
    return std::ranges::all_of(keys, [](std::string_view key) {
        return std::ranges::find(job_metrics(), key, &JobMetric::key) != job_metrics().end();
    });
}

void add_frames(Experiments& rows, int frame_ms) {
    const Demand video{.work_ms = static_cast<double>(frame_ms), .period_ms = frame_period_ms};
    const bool fits = demanded(video, speech) <= 1;
    const std::string id = "fig14.video." + std::to_string(frame_ms) + "ms";
    const Play play{.scenario = "p9_video_" + std::to_string(frame_ms) + "ms", .policy = "quick"};
    const Play native{.scenario = play.scenario, .policy = std::string(native_name)};
    rows.push_back({.id = id + ".gap",
                    .figure = "Fig. 14",
                    .subject = "P99 between two frames, ms",
                    .paper = "95",
                    .band = frame_gap(video, fits),
                    .measure = metric_of(play, "video", frames_gap),
                    .decimals = 1,
                    .note = fits ? ""
                                 : "both need more than there is: a gap of two periods is a frame "
                                   "that was dropped"});
    // The speech steals 1.15 times what it lacks, to be done a tenth of a second before its time.
    rows.push_back({.id = id + ".dropped",
                    .figure = "Fig. 14",
                    .subject = "part of the frames that are dropped",
                    .paper = "-",
                    .band = frames_lost(video, speech, 1.15, 100),
                    .measure = scaled(metric_of(play, "video", frames_dropped), 1 / frames)});
    rows.push_back({.id = id + ".speech",
                    .figure = "Fig. 14",
                    .subject = "longest recognition, ms",
                    .paper = "< 3000",
                    .band = {.least = speech.work_ms, .most = speech.period_ms},
                    .measure = metric_of(play, "speech", longest),
                    .decimals = 0});
    // All of the speech before a frame at most, and half of it where a ring is full before.
    rows.push_back({.id = id + ".native",
                    .figure = "Fig. 14",
                    .subject = "P99 between two frames natively, ms",
                    .paper = "880",
                    .band = {.least = speech.work_ms / 2,
                             .most = speech.work_ms + video.work_ms + video.period_ms},
                    .measure = metric_of(native, "video", frames_gap),
                    .decimals = 1});
}

}  // namespace

Experiments video_experiments(const std::string& folder) {
    Experiments rows;
    for (const int frame_ms : {24, 28, 30, 32}) {
        const std::string name = "p9_video_" + std::to_string(frame_ms) + "ms.conf";
        std::error_code absent;
        if (frames_are_told() &&
            std::filesystem::exists(std::filesystem::path(folder) / name, absent)) {
            add_frames(rows, frame_ms);
        }
    }
    return rows;
}

}  // namespace penstock::sim
