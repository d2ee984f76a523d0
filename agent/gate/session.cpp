// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/session.h"

#include <algorithm>
#include <cerrno>

namespace penstock::gate {
namespace {

constexpr std::uint32_t number_bits = ~(kfd::queue_invalid_bit | kfd::queue_error_bit);

}  // namespace

Session::Session(const Ports& ports, OwnerId owner, std::uint32_t pid, Fd pidfd)
    : ports_(ports), owner_(owner), pid_(pid), pidfd_(std::move(pidfd)) {
    // Without memory the owner's work is unknown, and nobody yields to it; the agent is told that
    // its queues are unknown with every sample.
    memory_ = ports.processes.memory_of(static_cast<pid_t>(pid)).value_or(nullptr);
}

Result<> Session::attach(std::vector<wire::QueueAt>& found) {
    Result<std::unique_ptr<Attachment>> made =
        Attachment::make(ports_, {.pid = pid_, .pidfd = pidfd_.get()});
    if (!made) {
        return std::unexpected(std::move(made).error());
    }
    attachment_ = std::move(*made);
    attachment_->take_events();
    found = refresh();
    const std::string_view trouble = trouble_with(attachment_->runtime());
    if (!trouble.empty()) {
        attachment_.reset();
        return fail(std::string(trouble));
    }
    return {};
}

void Session::detach() {
    attachment_.reset();
    for (CaredQueue& queue : queues_.all()) {
        queue.suspended = false;
    }
}

std::vector<wire::QueueAt> Session::refresh() {
    if (!attachment_) {
        return {};
    }
    const auto entries = attachment_->snapshot();
    // A failure changes nothing: the next suspend meets it again and reports it.
    return entries ? queues_.absorb(owner_, *entries) : std::vector<wire::QueueAt>{};
}

std::vector<GpuId> Session::suspended_on() const {
    std::vector<GpuId> devices;
    for (const CaredQueue& queue : queues_.all()) {
        if (queue.suspended && std::ranges::find(devices, queue.at.key.gpu) == devices.end()) {
            devices.push_back(queue.at.key.gpu);
        }
    }
    return devices;
}

std::optional<TimePoint> Session::suspended_since(GpuId gpu) const {
    std::optional<TimePoint> earliest;
    for (const CaredQueue& queue : queues_.all()) {
        if (queue.suspended && queue.at.key.gpu == gpu) {
            earliest = std::min(earliest.value_or(queue.suspended_since), queue.suspended_since);
        }
    }
    return earliest;
}

Call Session::apply(Verb verb, GpuId gpu) {
    Call call;
    gather(verb, gpu);
    call.entered = ports_.clock();
    call.done = call.entered;
    if (numbers_.empty()) {
        return call;
    }
    if (!attachment_) {
        call.error = EPERM;
        return call;
    }
    const Result<kfd::Reach> reach =
        verb == Verb::suspend ? attachment_->suspend(numbers_) : attachment_->resume(numbers_);
    call.done = ports_.clock();
    if (!reach) {
        call.error = reach.error().code;
        return call;
    }
    note(verb, call.entered);
    call.reached = reach->reached;
    call.unknown = reach->unknown;
    if (reach->failed > 0) {
        call.error = EIO;
    }
    return call;
}

void Session::gather(Verb verb, GpuId gpu) {
    numbers_.clear();
    for (const CaredQueue& queue : queues_.all()) {
        const bool concerned =
            verb == Verb::suspend ? queue.may_be_suspended() && !queue.suspended : queue.suspended;
        if (concerned && queue.at.key.gpu == gpu) {
            numbers_.push_back(queue.at.key.number);
        }
    }
}

void Session::note(Verb verb, TimePoint when) {
    for (const std::uint32_t answer : numbers_) {
        CaredQueue* queue = queues_.find(answer & number_bits);
        const bool failed = (answer & kfd::queue_error_bit) != 0;
        const bool unknown = (answer & kfd::queue_invalid_bit) != 0;
        if (queue != nullptr && !failed) {
            // What the driver does not know when resuming is a destroyed queue: nothing to resume.
            queue->suspended = verb == Verb::suspend && !unknown;
            queue->suspended_since = when;
        }
    }
}

}  // namespace penstock::gate
