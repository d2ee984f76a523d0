// SPDX-License-Identifier: Apache-2.0

#include "agent/state/history.h"

#include <algorithm>
#include <chrono>

namespace penstock {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::int64_t second_of(TimePoint when) {
    return floor<seconds>(when).time_since_epoch().count();
}

}  // namespace

void History::note(const Snapshot& seen, const QueueCounts& queues) {
    if (last_ && seen.now < *last_ - seconds(1)) {
        entries_.clear();
    } else if (last_ && seen.now - *last_ < closest) {
        return;
    }
    const std::int64_t second = second_of(seen.now);
    const bool is_new = second != present();
    last_ = seen.now;
    read_tracked(seen, queues, values_);
    turn_ = 0;
    left_out_ = 0;
    for (const TrackedValue& each : values_) {
        if (HourRing* ring = ring_for(each.figure)) {
            ring->add(second, each.value);
        } else {
            ++left_out_;
        }
    }
    if (is_new) {
        drop_the_silent();
    }
}

// The n-th value of a tick mostly belongs where the n-th one of the last tick did.
HourRing* History::ring_for(const TrackedFigure& figure) {
    if (turn_ < entries_.size() && entries_[turn_].figure == figure) {
        return &entries_[turn_++].ring;
    }
    const auto place = std::ranges::lower_bound(entries_, figure, {}, &Entry::figure);
    turn_ = static_cast<std::size_t>(place - entries_.begin());
    if (place == entries_.end() || place->figure != figure) {
        if (entries_.size() >= most_series) {
            return nullptr;
        }
        entries_.insert(place, Entry{.figure = figure, .ring = HourRing(present())});
    }
    return &entries_[turn_++].ring;
}

void History::drop_the_silent() {
    std::erase_if(entries_, [&](const Entry& entry) {
        return entry.ring.newest() <= present() - HourRing::seconds_kept;
    });
}

std::int64_t History::present() const {
    return last_ ? second_of(*last_) : 0;
}

std::vector<TrackedFigure> History::series() const {
    std::vector<TrackedFigure> figures;
    figures.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        figures.push_back(entry.figure);
    }
    return figures;
}

std::optional<std::vector<HourRing::Point>> History::points(std::string_view name,
                                                            const Question& question) const {
    const auto found = std::ranges::find_if(
        entries_, [&](const Entry& entry) { return name_of(entry.figure) == name; });
    if (found == entries_.end()) {
        return std::nullopt;
    }
    const HourRing& ring = found->ring;
    // The ring keeps an hour before its own newest value, which may be old.
    const std::int64_t oldest = present() - HourRing::seconds_kept + 1;
    const std::int64_t end = std::min(question.end.value_or(present() + 1), present() + 1);
    std::int64_t first = std::max(question.first.value_or(oldest), oldest);
    while (!question.first && first < end && !ring.at(first)) {
        ++first;
    }
    return ring.points({.first = first,
                        .end = end,
                        .origin = question.first.value_or(first),
                        .step = question.step});
}

}  // namespace penstock
