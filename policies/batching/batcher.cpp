// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/batcher.h"

#include <algorithm>

#include "policies/batching/bins.h"

namespace penstock::batching {
namespace {

bool has_bins(Mode mode) {
    return mode == Mode::multi_bin_dynamic || mode == Mode::multi_bin_fixed;
}

std::uint32_t bins_of(const BatchingSettings& settings) {
    return has_bins(settings.mode) ? settings.bins : 1;
}

std::uint32_t scopes_of(const BatchingSettings& settings) {
    return settings.sla.scope == FeedbackScope::per_bin ? bins_of(settings) : 1;
}

}  // namespace

Batcher::Batcher(const BatchingSettings& settings)
    : settings_(settings),
      most_(settings.bounds.most),
      fixed_(settings.fixed),
      bins_(bins_of(settings)),
      targets_(scopes_of(settings), BatchTarget(settings)),
      choice_(settings.policy) {}

void Batcher::set_scale(BatchScale scale) {
    const std::uint32_t fixed = scale.of(settings_.fixed, settings_.bounds.least);
    const bool fills = settings_.mode == Mode::multi_bin_fixed && fixed < fixed_;
    if (fills) {
        std::size_t batches = 0;
        for (const RequestChain& bin : bins_) {
            batches += bin.count / fixed;
        }
        full_.make_room(batches);  // Before anything has changed.
    }
    most_ = scale.of(settings_.bounds.most, settings_.bounds.least);
    fixed_ = fixed;
    for (std::uint32_t bin = 0; fills && bin < bins_.size(); ++bin) {
        fill(bin);
    }
}

void Batcher::submit(const Request& request) {
    const std::uint32_t bin =
        bins_.size() == 1 ? 0 : bin_of(key_of(request, settings_.key), settings_.boundaries);
    if (settings_.mode != Mode::multi_bin_fixed) {
        pool_.append(request, bins_[bin]);
        return;
    }
    // Before anything has changed: nobody is lost when there is no memory.
    full_.make_room();
    pool_.append(request, bins_[bin]);
    fill(bin);
}

bool Batcher::cancel(std::uint32_t number) {
    const auto holds_it = [&](RequestChain& chain) { return pool_.remove(chain, number); };
    return std::ranges::any_of(bins_, holds_it) || cancel_full(number);
}

bool Batcher::cancel_full(std::uint32_t number) {
    std::size_t place = 0;
    while (place < full_.size() && !pool_.remove(full_.at(place).members, number)) {
        ++place;
    }
    if (place == full_.size()) {
        return false;
    }
    if (full_.at(place).members.count == 0) {
        full_.erase(place);
    }
    return true;
}

void Batcher::fill(std::uint32_t bin) {
    while (bins_[bin].count >= fixed_) {
        close(bin, fixed_);
    }
}

void Batcher::close(std::uint32_t bin, std::uint32_t count) {
    full_.make_room();
    RequestChain& from = bins_[bin];
    std::uint32_t last = from.last;
    if (count < from.count) {
        last = from.first;
        for (std::uint32_t passed = 1; passed < count; ++passed) {
            last = pool_.at(last).next;
        }
    }
    full_.push_back({.members = pool_.cut(from, last, count), .bin = bin});
}

void Batcher::submitted_all() {
    if (settings_.mode != Mode::multi_bin_fixed) {
        return;
    }
    for (std::uint32_t bin = 0; bin < bins_.size(); ++bin) {
        if (bins_[bin].count > 0) {
            close(bin, bins_[bin].count);
        }
    }
}

std::optional<Batch> Batcher::next_batch(std::uint32_t room) {
    if (settings_.mode == Mode::multi_bin_fixed) {
        return next_full(room);
    }
    if (bins_.size() == 1) {
        if (bins_.front().count == 0) {
            return std::nullopt;
        }
        return settings_.mode == Mode::static_fifo
                   ? form(bins_.front(), std::min(fixed_, room), INT64_MAX)
                   : form_dynamic(0, room);
    }
    const std::optional<std::uint32_t> bin = choice_.next(bins_, pool_);
    return bin ? std::optional(form_dynamic(*bin, room)) : std::nullopt;
}

Batch Batcher::form_dynamic(std::uint32_t bin, std::uint32_t room) {
    Batch batch = form(bins_[bin], std::min(target(bin), room), settings_.capacity);
    batch.bin = bin;
    return batch;
}

// One that was full before the scale fell is served in parts.
std::optional<Batch> Batcher::next_full(std::uint32_t room) {
    if (full_.empty()) {
        return std::nullopt;
    }
    Full full = full_.front();
    full_.pop_front();
    Batch batch = form(full.members, std::min(fixed_, room), INT64_MAX);
    batch.bin = full.bin;
    if (full.members.count > 0) {
        full_.push_front(full);
    }
    return batch;
}

Batch Batcher::form(RequestChain& from, std::uint32_t most, std::int64_t capacity) {
    Batch batch;
    std::int64_t reserved = 0;
    std::uint32_t count = 0;
    std::uint32_t last = RequestChain::none;
    std::uint32_t place = from.first;
    while (place != RequestChain::none && (count == 0 || count < most)) {
        const PooledRequest& request = pool_.at(place);
        if (count > 0 && reserved + request.reserved > capacity) {
            break;
        }
        reserved += request.reserved;
        batch.longest = std::max(batch.longest, request.total);
        batch.tokens += request.total;
        last = place;
        place = request.next;
        ++count;
    }
    batch.reserved = static_cast<std::uint64_t>(reserved);
    batch.members = pool_.cut(from, last, count);
    return batch;
}

void Batcher::completed(const Batch& batch, std::int64_t service_ns) {
    BatchTarget& target = target_of(batch.bin);
    target.make_room();
    each_member(batch, [&](std::uint32_t, const PooledRequest& member) {
        target.note_member(member.total);
    });
    target.note_batch(service_ns, batch.members.count);
    pool_.release(batch.members);
}

}  // namespace penstock::batching
