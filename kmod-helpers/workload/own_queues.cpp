// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/own_queues.h"

#include <bit>

#include "client/protocol/messages.h"

namespace penstock::workload {

namespace {

constexpr std::uint32_t bits_per_word = 32;
constexpr std::uint32_t units_per_pair = 2;

}  // namespace

OwnQueues::OwnQueues(const Session& session, std::uint32_t gpu_id, bool saves)
    : driver_(session.client()), gpu_id_(gpu_id), saves_(saves) {
    kept_.reserve(session.queues().size());
    for (const auto& queue : session.queues()) {
        kept_.push_back({.queue = queue.get()});
    }
}

template <typename Change>
Result<std::uint32_t> OwnQueues::each(client::Place place, Change change) {
    std::uint32_t reached = 0;
    for (Kept& kept : kept_) {
        const bool meant = place.gpu_id == gpu_id_ && (place.queue == client::all_queues ||
                                                       place.queue == kept.queue->number());
        if (!meant) {
            continue;
        }
        if (Result<> changed = change(kept); !changed) {
            return std::unexpected(std::move(changed).error());
        }
        ++reached;
    }
    return reached;
}

Result<std::uint32_t> OwnQueues::suspend(client::Place place) {
    return each(place, [this](Kept& kept) { return suspend_or_resume(kept, true); });
}

Result<std::uint32_t> OwnQueues::resume(client::Place place) {
    return each(place, [this](Kept& kept) { return suspend_or_resume(kept, false); });
}

Result<std::uint32_t> OwnQueues::limit_launches(client::Place place, std::uint32_t packets) {
    return each(place, [packets](Kept& kept) {
        kept.queue->limit_launches(packets);
        return Result<>();
    });
}

Result<std::uint32_t> OwnQueues::set_priority(client::Place place, std::uint32_t priority) {
    const std::uint32_t wanted =
        priority == client::own_priority ? ordinary_queue_priority : priority;
    return each(place, [this, wanted](Kept& kept) { return update(kept, kept.suspended, wanted); });
}

Result<std::uint32_t> OwnQueues::set_units(client::Place place,
                                           std::uint32_t first,
                                           std::uint32_t count) {
    return each(place, [this, first, count](Kept& kept) { return mask(kept, first, count); });
}

Result<> OwnQueues::undo() {
    Result<> all;
    for (Kept& kept : kept_) {
        kept.queue->hold_launches(false);
        kept.queue->limit_launches(0);
        if (Result<> updated = update(kept, false, ordinary_queue_priority); !updated) {
            all = std::move(updated);  // The others are not to pay for it.
        }
        if (Result<> unmasked = mask(kept, 0, 0); !unmasked) {
            all = std::move(unmasked);
        }
    }
    return all;
}

Result<> OwnQueues::suspend_or_resume(Kept& kept, bool suspended) const {
    if (saves_) {
        return update(kept, suspended, kept.priority);
    }
    kept.queue->hold_launches(suspended);
    return {};
}

Result<> OwnQueues::update(Kept& kept, bool suspended, std::uint32_t priority) const {
    if (kept.suspended == suspended && kept.priority == priority) {
        return {};
    }
    const std::span<const std::byte> ring = kept.queue->ring();
    Result<> updated =
        driver_.update_queue({.ring_base_address = std::bit_cast<std::uint64_t>(ring.data()),
                              .queue_id = kept.queue->number(),
                              .ring_size = static_cast<std::uint32_t>(ring.size()),
                              .queue_percentage = suspended ? 0 : kfd::max_queue_percentage,
                              .queue_priority = priority});
    if (updated) {
        kept.suspended = suspended;
        kept.priority = priority;
    }
    return updated;
}

Result<> OwnQueues::mask(Kept& kept, std::uint32_t first, std::uint32_t count) const {
    const bool all_units = count == 0;
    if (all_units && kept.all_units) {
        return {};
    }
    Result<> masked = driver_.set_cu_mask(kept.queue->number(), unit_mask(first, count));
    if (masked) {
        kept.all_units = all_units;
    }
    return masked;
}

std::vector<std::uint32_t> unit_mask(std::uint32_t first, std::uint32_t count) {
    if (count == 0) {
        // The driver looks only at the bits of the units there are.
        return std::vector<std::uint32_t>(client::most_units / bits_per_word, ~0U);
    }
    const std::uint32_t begin = first / units_per_pair * units_per_pair;
    const std::uint32_t end =
        (first + count + units_per_pair - 1) / units_per_pair * units_per_pair;
    std::vector<std::uint32_t> mask((end + bits_per_word - 1) / bits_per_word);
    for (std::uint32_t unit = begin; unit < end; ++unit) {
        mask[unit / bits_per_word] |= 1U << (unit % bits_per_word);
    }
    return mask;
}

}  // namespace penstock::workload
