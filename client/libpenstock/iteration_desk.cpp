// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/iteration_desk.h"

#include <algorithm>
#include <cerrno>

#include "policies/batching/growth.h"

namespace penstock::client {
namespace {

using batching::ChunkedBatcher;
using batching::Progress;
using batching::TokenBatcher;

std::uint32_t tokens_of(const TokenBatcher::Member& /*member*/) {
    return 1;
}

std::uint32_t tokens_of(const ChunkedBatcher::Member& member) {
    return member.chunk;
}

std::span<const Progress> complete(TokenBatcher& batcher, std::uint32_t device) {
    return batcher.completed(device, 1);
}

std::span<const Progress> complete(ChunkedBatcher& batcher, std::uint32_t device) {
    return batcher.completed(device);
}

}  // namespace

template <typename Batcher>
void IterationDesk<Batcher>::take(const batching::Request& request) {
    batching::Request endless = request;
    endless.output = batching::most_tokens;
    batcher_.submit(endless);
}

template <typename Batcher>
Result<BatchDesk::Written> IterationDesk<Batcher>::fill(std::uint32_t device, Items items) {
    if (batcher_.running(device).size() > items.size()) {
        return fail(ENOBUFS, "there is no room for all that run already");
    }
    before_.clear();
    batching::make_room(before_, batcher_.running(device).size());
    for (const auto& member : batcher_.running(device)) {
        before_.push_back(member.request.number);
    }
    const std::size_t room = std::min<std::size_t>(items.size(), batching::largest_batch);
    const batching::Iteration iteration =
        batcher_.next_batch(device, static_cast<std::uint32_t>(room));
    std::size_t written = 0;
    for (const auto& member : batcher_.running(device)) {
        items[written++] = seat(member.request.number, device, tokens_of(member));
    }
    // Who came last gives way first, and nobody joins then: those are the last of who ran before.
    for (const std::uint32_t number : std::span(before_).last(iteration.evicted)) {
        items[written++] = unseat(number);
    }
    return Written{.items = written, .running = iteration.running};
}

template <typename Batcher>
void IterationDesk<Batcher>::finish(std::uint32_t device, std::int64_t /*service_ns*/) {
    const std::span<const Progress> progress = complete(batcher_, device);
    batcher_.cancel_all(device, [&](std::uint32_t number) {
        const bool ended = roll_.at(number).ended;
        if (ended) {
            leave(number);
        }
        return ended;
    });
    // An output as long as any may be.
    for (const Progress& each : progress) {
        if (each.ended) {
            leave(each.number);
        }
    }
}

template class IterationDesk<TokenBatcher>;
template class IterationDesk<ChunkedBatcher>;

}  // namespace penstock::client
