// SPDX-License-Identifier: Apache-2.0

#include "policies/queue_maker.h"

#include <algorithm>

namespace penstock {
namespace {

bool never_used(const Queue& queue) {
    return queue.written == 0 && queue.read == 0;
}

}  // namespace

QueueMaker maker_of(const Queue& queue, std::span<const Queue> siblings) {
    if (copies(queue.type)) {
        return QueueMaker::runtime;
    }
    const auto rival = [&](const Queue& other) {
        return other.key.gpu == queue.key.gpu && other.key.number != queue.key.number &&
               !copies(other.type);
    };
    const bool several = std::ranges::any_of(siblings, rival);
    const bool first = std::ranges::none_of(siblings, [&](const Queue& other) {
        return rival(other) && other.key.number < queue.key.number;
    });
    return several && first && never_used(queue) ? QueueMaker::runtime : QueueMaker::application;
}

}  // namespace penstock
