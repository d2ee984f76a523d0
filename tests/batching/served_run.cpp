// SPDX-License-Identifier: Apache-2.0

#include "tests/batching/served_run.h"

#include <algorithm>

namespace penstock::sim {
namespace {

constexpr std::uint32_t room = 256;  // More than run at a time in any test.

}  // namespace

ServedRun::ServedRun(const BatchingConfig& config,
                     const Trace& trace,
                     std::string_view text,
                     const ScaleCourse& scales)
    : config_(config),
      trace_(trace),
      scales_(scales),
      devices_(config.devices),
      work_(trace.size()),
      left_(trace.size()) {
    penstock_batcher* opened = nullptr;
    static_cast<void>(penstock_batcher_open(text.data(), text.size(), &opened));
    batcher_.reset(opened);
    outcome_.requests.resize(trace.size());
}

std::int64_t ServedRun::next_time() const {
    std::int64_t next = arrived_ < trace_.size() ? trace_.arrivals_ns[arrived_] : INT64_MAX;
    next = changed_ < scales_.size() ? std::min(next, scales_[changed_].at_ns) : next;
    for (const Device& device : devices_) {
        next = device.ends_ns >= 0 ? std::min(next, device.ends_ns) : next;
    }
    return next;
}

bool ServedRun::change_scale(std::int64_t now) {
    if (changed_ == scales_.size() || scales_[changed_].at_ns != now) {
        return true;
    }
    const double scale = scales_[changed_++].scale.millionths() / 1e6;
    return penstock_batcher_set_scale(batcher_.get(), scale) == 0;
}

// The server's ids are the places of the requests in the trace, upside down: ids mean nothing.
bool ServedRun::arrive(std::int64_t now) {
    const bool more = arrived_ < trace_.size();
    for (; arrived_ < trace_.size() && trace_.arrivals_ns[arrived_] == now; ++arrived_) {
        const batching::Request& request = trace_.requests[arrived_];
        const penstock_batch_request asked{.size = sizeof(asked),
                                           .id = -std::int64_t{arrived_},
                                           .prompt = request.prompt,
                                           .predicted = request.predicted};
        if (penstock_batcher_submit(batcher_.get(), &asked) != 0) {
            return false;
        }
    }
    return !more || arrived_ < trace_.size() || penstock_batcher_flush(batcher_.get()) == 0;
}

std::int64_t ServedRun::chunked_ns(const Device& device) const {
    std::uint64_t tokens = 0;
    std::uint64_t cached = 0;
    for (const penstock_batch_item& item : device.items) {
        const Work& work = work_[static_cast<std::size_t>(-item.id)];
        tokens += item.tokens;
        cached += item.tokens > 0 && work.cached >= work.prefill ? work.cached : 0;
    }
    return config_.step_time.step_ns(tokens, cached);
}

std::int64_t ServedRun::duration(std::uint32_t device) {
    Device& it = devices_[device];
    const auto count = static_cast<std::uint32_t>(it.items.size());
    if (config_.batching.mode != batching::Mode::continuous) {
        std::uint32_t longest = 0;
        for (const penstock_batch_item& item : it.items) {
            const auto place = static_cast<std::size_t>(-item.id);
            longest = std::max(longest, trace_.requests[place].total());
        }
        return config_.service.batch_ns(count, longest);
    }
    const std::int64_t cold = it.cold ? config_.service.cold_start_ns() : 0;
    it.cold = false;
    return config_.step == StepKind::token ? config_.service.step_ns(count) + cold : chunked_ns(it);
}

bool ServedRun::start(std::int64_t now, std::uint32_t device) {
    Device& it = devices_[device];
    it.items.resize(room);
    penstock_next_batch batch{};
    batch.size = sizeof(batch);
    batch.items = it.items.data();
    batch.capacity = room;
    if (penstock_batcher_next(batcher_.get(), device, now, &batch) != 0) {
        return false;
    }
    // The evicted come back as if they had never run, but for what they have made.
    it.items.resize(batch.running);
    for (const penstock_batch_item& item : it.items) {
        const auto place = static_cast<std::size_t>(-item.id);
        RequestOutcome& outcome = outcome_.requests[place];
        if (outcome.start_ns < 0) {
            outcome.start_ns = now;
            outcome.device = device;
        }
        if ((item.flags & PENSTOCK_BATCH_JOINED) != 0) {
            Work& work = work_[place];
            work.prefill = trace_.requests[place].prompt + work.made;
            work.cached = 0;
        }
    }
    it.cold = it.cold || batch.running == 0;
    it.ends_ns = batch.running > 0 ? now + duration(device) : -1;
    return true;
}

bool ServedRun::has_ended(const penstock_batch_item& item) {
    const auto place = static_cast<std::size_t>(-item.id);
    const batching::Request& request = trace_.requests[place];
    Work& work = work_[place];
    if (config_.batching.mode != batching::Mode::continuous) {
        return true;
    }
    if (config_.step == StepKind::token) {
        return ++work.steps == request.total();
    }
    work.cached += item.tokens;
    const bool makes = item.tokens > 0 && work.cached >= work.prefill;
    work.made += makes ? 1 : 0;
    return work.made == request.output;
}

bool ServedRun::end(std::int64_t now, std::uint32_t device) {
    Device& it = devices_[device];
    std::vector<penstock_batch_output> outputs;
    for (const penstock_batch_item& item : it.items) {
        if (has_ended(item)) {
            const auto place = static_cast<std::size_t>(-item.id);
            outputs.push_back(
                {.id = item.id, .tokens = trace_.requests[place].output, .reserved = 0});
            outcome_.requests[place].completion_ns = now;
            --left_;
        }
    }
    it.cold = outputs.size() == it.items.size();
    it.ends_ns = -1;
    return penstock_batcher_completed(
               batcher_.get(), device, now, outputs.data(), outputs.size()) == 0;
}

std::optional<Outcome> ServedRun::run() {
    bool fine = batcher_ != nullptr;
    while (fine && left_ > 0) {
        const std::int64_t now = next_time();
        for (std::uint32_t device = 0; device < devices_.size(); ++device) {
            fine = fine && (devices_[device].ends_ns != now || end(now, device));
        }
        fine = fine && change_scale(now) && arrive(now);
        for (std::uint32_t device = 0; device < devices_.size(); ++device) {
            fine = fine && (devices_[device].ends_ns >= 0 || start(now, device));
        }
    }
    return fine ? std::optional(std::move(outcome_)) : std::nullopt;
}

}  // namespace penstock::sim
