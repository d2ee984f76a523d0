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
      bins_(bins_of(settings)),
      targets_(scopes_of(settings), BatchTarget(settings)),
      choice_(settings.policy) {}

void Batcher::submit(const Request& request) {
    const std::uint32_t bin =
        bins_.size() == 1 ? 0 : bin_of(key_of(request, settings_.key), settings_.boundaries);
    pool_.append(request, bins_[bin]);
    if (settings_.mode == Mode::multi_bin_fixed && bins_[bin].count == settings_.fixed) {
        formed_.push_back(form(bin, settings_.fixed, INT64_MAX));
    }
}

void Batcher::submitted_all() {
    if (settings_.mode != Mode::multi_bin_fixed) {
        return;
    }
    for (std::uint32_t bin = 0; bin < bins_.size(); ++bin) {
        if (bins_[bin].count > 0) {
            formed_.push_back(form(bin, settings_.fixed, INT64_MAX));
        }
    }
}

std::optional<Batch> Batcher::next_batch() {
    if (settings_.mode == Mode::multi_bin_fixed) {
        if (formed_.empty()) {
            return std::nullopt;
        }
        const Batch batch = formed_.front();
        formed_.pop_front();
        return batch;
    }
    if (bins_.size() == 1) {
        if (bins_.front().count == 0) {
            return std::nullopt;
        }
        return settings_.mode == Mode::static_fifo ? form(0, settings_.fixed, INT64_MAX)
                                                   : form(0, target(0), settings_.capacity);
    }
    const std::optional<std::uint32_t> bin = choice_.next(bins_, pool_);
    return bin ? std::optional(form(*bin, target(*bin), settings_.capacity)) : std::nullopt;
}

Batch Batcher::form(std::uint32_t bin, std::uint32_t most, std::int64_t capacity) {
    Batch batch{.bin = bin};
    std::int64_t reserved = 0;
    std::uint32_t count = 0;
    std::uint32_t last = RequestChain::none;
    std::uint32_t place = bins_[bin].first;
    while (count < most && place != RequestChain::none) {
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
    batch.members = pool_.cut(bins_[bin], last, count);
    return batch;
}

void Batcher::completed(const Batch& batch, std::int64_t service_ns) {
    BatchTarget& target = targets_[targets_.size() == 1 ? 0 : batch.bin];
    each_member(batch, [&](std::uint32_t, const PooledRequest& member) {
        target.note_member(member.total);
    });
    target.note_batch(service_ns, batch.members.count);
    pool_.release(batch.members);
}

}  // namespace penstock::batching
