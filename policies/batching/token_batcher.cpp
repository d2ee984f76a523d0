// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/token_batcher.h"

#include <algorithm>

#include "policies/batching/growth.h"

namespace penstock::batching {

void TokenBatcher::admit(Device& device) {
    const Request& request = waiting_.front();
    device.run.push_back({.request = request, .ends = device.steps + request.total()});
    device.reserved += request.reserved();
    device.total += request.total();
    waiting_.pop_front();
}

Iteration TokenBatcher::next_batch(std::uint32_t device, std::uint32_t room) {
    Device& it = devices_[device];
    const std::size_t before = it.run.size();
    const std::uint32_t most = std::min(most_, room);
    make_room(it.run, std::min<std::size_t>(most, before + waiting_.size()));
    while (!waiting_.empty() && it.run.size() < most &&
           (it.run.empty() || it.reserved + waiting_.front().reserved() <= capacity_)) {
        admit(it);
    }
    return {.running = static_cast<std::uint32_t>(it.run.size()),
            .admitted = static_cast<std::uint32_t>(it.run.size() - before),
            .cold = before == 0,
            .total = it.total,
            .held = static_cast<std::uint64_t>(it.reserved),
            .scheduled = it.run.size()};
}

std::uint64_t TokenBatcher::steps_to_next_end(std::uint32_t device) const {
    const Device& it = devices_[device];
    return std::ranges::min(it.run, {}, &Member::ends).ends - it.steps;
}

bool TokenBatcher::is_full(std::uint32_t device) const {
    // With one device nobody else can take the first one in the queue out of the way.
    return devices_[device].run.size() >= most_ || (devices_.size() == 1 && !waiting_.empty());
}

std::span<const Progress> TokenBatcher::completed(std::uint32_t device, std::uint64_t steps) {
    Device& it = devices_[device];
    progress_.clear();
    make_room(progress_, it.run.size());
    const std::uint64_t before = it.steps;
    it.steps += steps;
    std::size_t kept = 0;
    for (std::size_t place = 0; place < it.run.size(); ++place) {
        const Member& member = it.run[place];
        const Request& request = member.request;
        const std::uint64_t first = member.ends - (request.output - 1);
        const bool ended = member.ends <= it.steps;
        const bool begun = first > before && first <= it.steps;
        if (ended || begun) {
            progress_.push_back({.number = request.number,
                                 .first = begun,
                                 .ended = ended,
                                 .step = static_cast<std::uint32_t>(begun ? first - before : 0)});
        }
        if (ended) {
            it.reserved -= request.reserved();
            it.total -= request.total();
        } else {
            it.run[kept++] = member;
        }
    }
    it.run.resize(kept);
    return progress_;
}

bool TokenBatcher::cancel(std::uint32_t device, std::uint32_t number) {
    Device& it = devices_[device];
    const auto found = std::ranges::find_if(
        it.run, [&](const Member& member) { return member.request.number == number; });
    if (found == it.run.end()) {
        return false;
    }
    it.reserved -= found->request.reserved();
    it.total -= found->request.total();
    it.run.erase(found);
    return true;
}

}  // namespace penstock::batching
