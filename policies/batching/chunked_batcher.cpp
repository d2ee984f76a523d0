// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/chunked_batcher.h"

#include <algorithm>

#include "policies/batching/growth.h"

namespace penstock::batching {

ChunkedBatcher::ChunkedBatcher(const BatchingSettings& settings,
                               const ChunkedSettings& chunks,
                               std::uint32_t devices)
    : chunks_(chunks),
      bounds_(settings.bounds),
      most_(settings.bounds.most),
      capacity_(chunks.paged ? settings.capacity / chunks.block : settings.capacity),
      devices_(devices) {}

void ChunkedBatcher::submit(const Request& request) {
    waiting_.push_back({.request = request, .prefill = request.prompt});
}

std::uint32_t ChunkedBatcher::blocks_of(std::uint32_t tokens) const {
    return (tokens + chunks_.block - 1) / chunks_.block;
}

void ChunkedBatcher::evict_last(Device& device) {
    const Member last = device.run.back();
    waiting_.push_front(
        {.request = last.request, .prefill = last.request.prompt + last.made, .made = last.made});
    device.used -= last.held;
    device.total -= last.request.total();
    device.run.pop_back();
}

bool ChunkedBatcher::grow(Device& device, std::size_t place, Iteration& iteration) {
    const Member& member = device.run[place];
    const std::uint32_t tokens = member.cached + member.chunk;
    // Most tokens still fit into the last block: no need to divide.
    const bool fits = tokens <= std::uint64_t{member.held} * chunks_.block;
    const std::uint32_t wanted = fits ? member.held : blocks_of(tokens);
    while (device.run.size() > 1 && device.used - member.held + wanted > capacity_) {
        const bool itself = place + 1 == device.run.size();
        evict_last(device);
        ++iteration.evicted;
        if (itself) {
            return false;
        }
    }
    device.used += std::int64_t{wanted} - member.held;
    device.run[place].held = wanted;
    return true;
}

void ChunkedBatcher::continue_running(Device& device, std::uint32_t& budget, Iteration& iteration) {
    for (std::size_t place = 0; place < device.run.size(); ++place) {
        Member& member = device.run[place];
        const bool decodes = member.cached >= member.prefill;
        member.chunk = 0;
        if (budget == 0) {
            continue;
        }
        member.chunk = decodes ? 1 : std::min(member.prefill - member.cached, budget);
        if (chunks_.paged && !grow(device, place, iteration)) {
            return;
        }
        budget -= member.chunk;
        iteration.scheduled += member.chunk;
        iteration.cached += decodes ? member.cached : 0;
    }
}

void ChunkedBatcher::admit_waiting(Device& device,
                                   std::uint32_t most,
                                   std::uint32_t& budget,
                                   Iteration& iteration) {
    while (!waiting_.empty() && budget > 0 && device.run.size() < most) {
        Member next = waiting_.front();
        next.chunk = std::min(next.prefill, budget);
        next.held = chunks_.paged ? blocks_of(next.chunk) : next.request.reserved();
        if (!device.run.empty() && device.used + next.held > capacity_) {
            return;
        }
        device.run.push_back(next);
        waiting_.pop_front();
        device.used += next.held;
        device.total += next.request.total();
        budget -= next.chunk;
        iteration.scheduled += next.chunk;
        ++iteration.admitted;
    }
}

Iteration ChunkedBatcher::next_batch(std::uint32_t device, std::uint32_t room) {
    Device& it = devices_[device];
    const std::uint32_t most = std::min(most_, room);
    waiting_.make_room(it.run.size());
    make_room(it.run, std::min<std::size_t>(most, it.run.size() + waiting_.size()));
    Iteration iteration{.cold = it.run.empty()};
    std::uint32_t budget = chunks_.token_budget;
    continue_running(it, budget, iteration);
    if (iteration.evicted == 0) {
        admit_waiting(it, most, budget, iteration);
    }
    iteration.running = static_cast<std::uint32_t>(it.run.size());
    iteration.total = it.total;
    iteration.held = static_cast<std::uint64_t>(it.used) * (chunks_.paged ? chunks_.block : 1);
    return iteration;
}

std::span<const Progress> ChunkedBatcher::completed(std::uint32_t device) {
    Device& it = devices_[device];
    progress_.clear();
    make_room(progress_, it.run.size());
    std::size_t kept = 0;
    for (std::size_t place = 0; place < it.run.size(); ++place) {
        Member& member = it.run[place];
        member.cached += member.chunk;
        const bool makes = member.chunk > 0 && member.cached >= member.prefill;
        member.made += makes ? 1 : 0;
        const bool first = makes && member.made == 1;
        const bool ended = makes && member.made == member.request.output;
        if (first || ended) {
            progress_.push_back(
                {.number = member.request.number, .first = first, .ended = ended, .step = 1});
        }
        if (ended) {
            it.used -= member.held;
            it.total -= member.request.total();
            continue;
        }
        if (kept != place) {
            it.run[kept] = member;
        }
        ++kept;
    }
    it.run.resize(kept);
    return progress_;
}

bool ChunkedBatcher::cancel(std::uint32_t device, std::uint32_t number) {
    Device& it = devices_[device];
    const auto found = std::ranges::find_if(
        it.run, [&](const Member& member) { return member.request.number == number; });
    if (found == it.run.end()) {
        return false;
    }
    it.used -= found->held;
    it.total -= found->request.total();
    it.run.erase(found);
    return true;
}

}  // namespace penstock::batching
