// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/batch_desk.h"

#include <algorithm>
#include <cerrno>

#include "client/libpenstock/iteration_desk.h"
#include "client/libpenstock/whole_batch_desk.h"

namespace penstock::client {
namespace {

// What takes longer tells the policies nothing more, and sums of it still fit.
constexpr std::int64_t longest_service_ns = 1'000'000'000'000'000;

static_assert(PENSTOCK_BATCHER_MOST_TOKENS == batching::most_tokens);
static_assert(PENSTOCK_BATCHER_MOST_REQUESTS == batching::most_requests);

bool is_length(std::uint32_t tokens) {
    return tokens >= 1 && tokens <= batching::most_tokens;
}

}  // namespace

Result<std::unique_ptr<BatchDesk>> BatchDesk::make(const batching::BatchingConfig& config) {
    const batching::BatchingSettings& settings = config.batching;
    if (batching::has_bins(settings.mode) && settings.boundaries.size() + 1 != settings.bins) {
        return fail(EINVAL, "bin_boundaries are missing: a server has no trace to take them from");
    }
    if (settings.mode != batching::Mode::continuous) {
        return std::make_unique<WholeBatchDesk>(settings, config.devices);
    }
    if (config.step == batching::StepKind::token) {
        return std::make_unique<TokenDesk>(config.devices,
                                           batching::TokenBatcher(settings, config.devices));
    }
    return std::make_unique<ChunkedDesk>(
        config.devices, batching::ChunkedBatcher(settings, config.chunks, config.devices));
}

Result<> BatchDesk::submit(const penstock_batch_request& request) {
    if (!is_length(request.prompt) || !is_length(request.predicted)) {
        return fail(EINVAL, "a prompt and a prediction have from 1 to 100 million tokens");
    }
    if (roll_.size() >= batching::most_requests) {
        return fail(EAGAIN, "too many requests wait or run");
    }
    const std::optional<std::uint32_t> number = roll_.add(request.id, request.predicted);
    if (!number) {
        return fail(EEXIST, "a request of this id waits or runs");
    }
    try {
        take({.number = *number,
              .prompt = request.prompt,
              .output = request.predicted,
              .predicted = request.predicted});
    } catch (...) {
        roll_.remove(*number);
        throw;
    }
    return {};
}

Result<> BatchDesk::cancel(std::int64_t id) {
    const std::optional<std::uint32_t> number = roll_.find(id);
    if (!number) {
        return fail(ENOENT, "no request of this id waits");
    }
    if (roll_.at(*number).device != RequestRoll::nowhere) {
        return fail(EINPROGRESS, "the request of this id runs");
    }
    withdraw(*number);
    roll_.remove(*number);
    return {};
}

Result<BatchDesk::Written> BatchDesk::next(std::uint32_t device, std::int64_t now_ns, Items items) {
    if (device >= devices_.size()) {
        return fail(EINVAL, "there is no such device");
    }
    if (now_ns < 0) {
        return fail(EINVAL, "the time is negative");
    }
    Device& it = devices_[device];
    if (it.busy) {
        return fail(EBUSY, "the device has not completed what it runs");
    }
    if (items.empty()) {
        return fail(ENOBUFS, "there is no room for any item");
    }
    Result<Written> written = fill(device, items);
    if (written && written->running > 0) {
        it = {.busy = true, .began_ns = now_ns};
    }
    return written;
}

Result<> BatchDesk::completed(std::uint32_t device, std::int64_t now_ns, Outputs outputs) {
    if (device >= devices_.size()) {
        return fail(EINVAL, "there is no such device");
    }
    Device& it = devices_[device];
    if (!it.busy) {
        return fail(ENODATA, "the device runs nothing");
    }
    if (now_ns < it.began_ns) {
        return fail(EINVAL, "the time is before that at which the batch began");
    }
    if (Result<> called = call_ended(device, outputs); !called) {
        return called;
    }
    try {
        finish(device, std::min(now_ns - it.began_ns, longest_service_ns));
    } catch (...) {
        call_off(outputs);
        throw;
    }
    it.busy = false;
    return {};
}

Result<> BatchDesk::call_ended(std::uint32_t device, Outputs outputs) {
    for (std::size_t place = 0; place < outputs.size(); ++place) {
        const penstock_batch_output& output = outputs[place];
        const std::optional<std::uint32_t> number = roll_.find(output.id);
        RequestRoll::Entry* entry = number ? &roll_.at(*number) : nullptr;
        Result<> fine;
        if (entry == nullptr || entry->device != device) {
            fine = fail(ENOENT, "a request of this id does not run on the device");
        } else if (entry->ended) {
            fine = fail(EEXIST, "an id is there twice");
        } else if (output.tokens > batching::most_tokens) {
            fine = fail(EINVAL, "an output has at most 100 million tokens");
        }
        if (!fine) {
            call_off(outputs.first(place));
            return fine;
        }
        entry->ended = true;
        entry->output = output.tokens;
    }
    return {};
}

void BatchDesk::call_off(Outputs outputs) {
    for (const penstock_batch_output& output : outputs) {
        if (const std::optional<std::uint32_t> number = roll_.find(output.id)) {
            roll_.at(*number).ended = false;
        }
    }
}

penstock_batch_item BatchDesk::seat(std::uint32_t number,
                                    std::uint32_t device,
                                    std::uint32_t tokens) {
    RequestRoll::Entry& entry = roll_.at(number);
    const bool joins = entry.device == RequestRoll::nowhere;
    entry.device = device;
    running_ += joins ? 1 : 0;
    return {.id = entry.id, .tokens = tokens, .flags = joins ? PENSTOCK_BATCH_JOINED : 0U};
}

penstock_batch_item BatchDesk::unseat(std::uint32_t number) {
    RequestRoll::Entry& entry = roll_.at(number);
    entry.device = RequestRoll::nowhere;
    --running_;
    return {.id = entry.id, .tokens = 0, .flags = PENSTOCK_BATCH_EVICTED};
}

void BatchDesk::leave(std::uint32_t number) {
    roll_.remove(number);
    --running_;
}

}  // namespace penstock::client
