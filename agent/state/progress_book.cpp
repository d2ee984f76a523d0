// SPDX-License-Identifier: Apache-2.0

#include "agent/state/progress_book.h"

#include <algorithm>
#include <cmath>

#include "agent/state/sorted.h"

namespace penstock {
namespace {

double ratio(Duration part, Duration whole) {
    return std::chrono::duration<double>(part) / std::chrono::duration<double>(whole);
}

}  // namespace

void ProgressBook::absorb(OwnerId owner, OwnerUse& use) {
    Sample<double>& share = use.progress_of_best;
    share.value.reset();
    share.confidence = Confidence::heuristic;
    share.taken = use.progress.taken;
    if (!use.progress.value) {
        share.source = use.progress.source;
        return;
    }
    Track* track = find_sorted(tracks_, owner, &Track::owner);
    if (track == nullptr) {
        insert_sorted(tracks_, Track{.owner = owner}, &Track::owner);
        track = find_sorted(tracks_, owner, &Track::owner);
    }
    note(*track, *use.progress.value, use.progress.taken);
    const double best = std::ranges::max(track->best);
    if (best > 0) {
        share.value = track->rate / best;
        share.source = "its own progress, as a share of its best in the last minute";
    } else {
        share.source = "it has made no progress in the last minute";
    }
}

void ProgressBook::note(Track& track, double rate, TimePoint when) {
    // The first reading may be a lump, which would be the best for a minute: it counts little.
    const bool first = track.seen == TimePoint{};
    const Duration passed = first ? smoothing / 4 : when - track.seen;
    const double news = 1 - std::exp(-ratio(passed, smoothing));
    track.rate += (rate - track.rate) * std::clamp(news, 0.0, 1.0);
    track.seen = when;
    const std::int64_t now = when.time_since_epoch() / slot;
    const std::int64_t first_new = std::max(track.newest_slot + 1, now - std::int64_t{slots} + 1);
    for (std::int64_t each = first_new; each <= now; ++each) {
        track.best.at(static_cast<std::size_t>(each) % slots) = 0;
    }
    track.newest_slot = std::max(track.newest_slot, now);
    double& best = track.best.at(static_cast<std::size_t>(track.newest_slot) % slots);
    best = std::max(best, track.rate);
}

void ProgressBook::forget(OwnerId owner) {
    std::erase_if(tracks_, [&](const Track& track) { return track.owner == owner; });
}

}  // namespace penstock
