// SPDX-License-Identifier: Apache-2.0

#include "agent/state/quantity_book.h"

#include <algorithm>

namespace penstock {
namespace {

bool same_quantity(const Subject& a, const Subject& b) {
    return a.place == b.place && a.quantity == b.quantity;
}

// A sum is known when all its parts are; of those that are not, the first one says why.
void add_part(const Series& part, Sample<double>& sum) {
    if (!sum.value) {
        return;
    }
    if (part.value) {
        *sum.value += *part.value;
    } else {
        sum.source = part.by.origin;
        sum.value.reset();
    }
}

}  // namespace

void QuantityBook::absorb(const CounterReading& reading) {
    take(reading);
}

void QuantityBook::absorb(const LevelReading& reading) {
    take(reading);
}

template <typename Reading>
void QuantityBook::take(const Reading& reading) {
    Series* series = series_for(reading.subject);
    if (series == nullptr || series->take(reading)) {
        ++odd_;
    }
    stir(reading.subject.place);
    next_expiry_ = std::min(next_expiry_, reading.by.taken + reading.by.valid_for);
}

// Sources add their readings in the same order at every tick, so that the n-th one mostly belongs
// where the n-th one of the last tick did. What has moved since is found by its subject, and only
// then.
Series* QuantityBook::series_for(const Subject& subject) {
    if (turn_ == turns_.size()) {
        turns_.push_back(series_.size());
    }
    std::size_t& at = turns_[turn_++];
    if (at < series_.size() && series_[at].subject == subject) {
        return &series_[at];
    }
    const auto place = std::ranges::lower_bound(series_, subject, {}, &Series::subject);
    at = static_cast<std::size_t>(place - series_.begin());
    if (place == series_.end() || place->subject != subject) {
        if (series_.size() >= most_series) {
            return nullptr;
        }
        Series fresh;
        fresh.subject = subject;
        series_.insert(place, std::move(fresh));
    }
    return &series_[at];
}

void QuantityBook::forget(SourceId source) {
    std::erase_if(series_, [&](const Series& series) {
        const bool its = series.subject.source == source;
        if (its) {
            stir(series.subject.place);
        }
        return its;
    });
}

void QuantityBook::forget(const Place& place) {
    std::erase_if(series_, [&](const Series& s) { return s.subject.place == place; });
    stir(place);
}

void QuantityBook::expire(TimePoint now) {
    if (now <= next_expiry_) {
        return;
    }
    next_expiry_ = TimePoint::max();
    for (Series& series : series_) {
        if (series.expire(now)) {
            stir(series.subject.place);
        } else if (series.value) {
            next_expiry_ = std::min(next_expiry_, series.by.taken + series.by.valid_for);
        }
    }
}

// Readings of one place mostly follow each other.
void QuantityBook::stir(const Place& place) {
    if (stirred_.empty() || stirred_.back() != place) {
        stirred_.push_back(place);
    }
}

const std::vector<Place>& QuantityBook::stirred() {
    std::ranges::sort(stirred_);
    const auto doubles = std::ranges::unique(stirred_);
    stirred_.erase(doubles.begin(), doubles.end());
    return stirred_;
}

std::size_t QuantityBook::begin_of(const Place& place) const {
    const auto first = std::ranges::lower_bound(
        series_, place, {}, [](const Series& s) { return s.subject.place; });
    return static_cast<std::size_t>(first - series_.begin());
}

std::optional<double> QuantityBook::total(const Place& place,
                                          Quantity quantity,
                                          std::optional<std::uint64_t> part) const {
    const auto first = std::ranges::lower_bound(
        series_, Subject{.place = place, .quantity = quantity}, {}, &Series::subject);
    auto at = static_cast<std::size_t>(first - series_.begin());
    while (at < series_.size() && series_[at].subject.place == place &&
           series_[at].subject.quantity == quantity) {
        const std::size_t end = end_of_source(at);
        double sum = 0;
        for (; at < end; ++at) {
            sum += !part || series_[at].subject.part == *part ? series_[at].total : 0;
        }
        if (sum > 0) {
            return sum;
        }
    }
    return std::nullopt;
}

std::size_t QuantityBook::end_of_quantity(std::size_t from) const {
    std::size_t end = from + 1;
    while (end < series_.size() && same_quantity(series_[end].subject, series_[from].subject)) {
        ++end;
    }
    return end;
}

std::size_t QuantityBook::end_of_source(std::size_t from) const {
    std::size_t end = from + 1;
    while (end < series_.size() && same_quantity(series_[end].subject, series_[from].subject) &&
           series_[end].subject.source == series_[from].subject.source) {
        ++end;
    }
    return end;
}

// When nobody knows, the reason of whom we would rather have asked.
QuantityBook::Known QuantityBook::best(std::size_t from, std::size_t end) const {
    const std::size_t first_end = end_of_source(from);
    Known known = sum(from, first_end);
    for (std::size_t at = first_end; at < end && !known.now.value; at = end_of_source(at)) {
        Known other = sum(at, end_of_source(at));
        if (other.now.value) {
            known = std::move(other);
        }
    }
    return known;
}

QuantityBook::Known QuantityBook::sum(std::size_t from, std::size_t end) const {
    const Series& first = series_[from];
    Known known{.now = {.value = 0.0,
                        .source = first.by.origin,
                        .confidence = first.by.confidence,
                        .taken = first.by.taken},
                .emulated = first.by.emulated};
    double total = 0;
    for (std::size_t at = from; at < end; ++at) {
        const Series& part = series_[at];
        total += part.total;
        known.emulated = known.emulated || part.by.emulated;
        known.now.confidence = std::max(known.now.confidence, part.by.confidence);
        known.now.taken = std::min(known.now.taken, part.by.taken);
        add_part(part, known.now);
    }
    known.total = known.now;
    known.total.value = first.flows && total > 0 ? std::optional(total) : std::nullopt;
    return known;
}

}  // namespace penstock
