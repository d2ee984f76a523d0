// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/line_queue.h"

#include <iterator>

namespace penstock::dbus {

void LineQueue::push(Line line) {
    bytes_ += line->size();
    lines_.push_back(std::move(line));
    while (bytes_ > most_bytes && lines_.size() > 1) {
        const auto oldest = std::next(lines_.begin(), begun() ? 1 : 0);
        bytes_ -= (*oldest)->size();
        lines_.erase(oldest);
        lose(1);
    }
}

void LineQueue::lose(std::uint64_t lines) {
    dropped_ += lines;
    untold_ += lines;
}

std::string_view LineQueue::next() {
    if (lines_.empty()) {
        return {};
    }
    // A notice that the reader has begun to take says what it said; a second one follows then.
    if (taken_ == 0 && untold_ > 0) {
        noticed_ = untold_;
        notice_ = notice_of_(noticed_);
    }
    return std::string_view(notice_.empty() ? *lines_.front() : notice_).substr(taken_);
}

void LineQueue::taken(std::size_t bytes) {
    taken_ += bytes;
    if (taken_ < (notice_.empty() ? *lines_.front() : notice_).size()) {
        return;
    }
    taken_ = 0;
    if (!notice_.empty()) {
        untold_ -= noticed_;
        notice_.clear();
        return;
    }
    bytes_ -= lines_.front()->size();
    lines_.pop_front();
}

}  // namespace penstock::dbus
