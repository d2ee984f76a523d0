// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/session.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "agent/gate/look.h"
#include "policies/level_names.h"

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

void Session::forgive(bool may_evict) {
    barred_.clear();
    falls_.clear();
    may_evict_ = may_evict;
}

void Session::cooperate(Cooperation cooperation) {
    cooperation_ = std::move(cooperation);
    offered_anew_ = true;
}

// Whatever it could try would be no better.
bool Session::stands_well() const {
    return level() == PreemptionLevel::cooperative_save ||
           (level() == PreemptionLevel::debug_suspend && !offered_anew_);
}

std::vector<wire::QueueAt> Session::climb() {
    if (stands_well() || ports_.ladder == nullptr) {
        return refresh();
    }
    step_down();
    offered_anew_ = false;
    // An open file of a process' memory stays that of the program it was when opened.
    memory_ = ports_.processes.memory_of(static_cast<pid_t>(pid_)).value_or(nullptr);
    Climber climber{.target = {.pid = pid_, .pidfd = pidfd_.get()},
                    .may_evict = may_evict_,
                    .cooperation = std::exchange(cooperation_, std::nullopt),
                    .look = [this](std::uint32_t queue) { return look_at_queue(queue); }};
    Ladder::Climbed climbed = ports_.ladder->climb(ports_, climber, barred_);
    rung_ = std::move(climbed.rung);
    cooperation_ = std::move(climber.cooperation);
    reason_ = falls_;
    reason_.append(!falls_.empty() && !climbed.reason.empty() ? "; " : "").append(climbed.reason);
    return climber.seen ? queues_.absorb(owner_, *climber.seen) : std::vector<wire::QueueAt>{};
}

std::optional<Pointers> Session::look_at_queue(std::uint32_t number) {
    const CaredQueue* queue = queues_.find(number);
    if (queue == nullptr || memory_ == nullptr || !can_be_looked_at(*queue)) {
        return std::nullopt;
    }
    return memory_->pointers(queue->at.write_address, queue->at.read_address);
}

void Session::step_down() {
    rung_.reset();
    for (CaredQueue& queue : queues_.all()) {
        queue.suspended = false;
        queue.held = false;
    }
}

void Session::fall(const std::string& why) {
    if (!rung_) {
        return;
    }
    barred_.bar(level());
    falls_.append(falls_.empty() ? "" : "; ").append(name_of(level())).append(": ").append(why);
    step_down();
    reason_ = falls_;
}

void Session::pull(GpuId gpu, const Levers& levers) {
    if (rung_) {
        rung_->pull(gpu, levers);
    }
}

std::vector<wire::QueueAt> Session::refresh() {
    if (!rung_) {
        return {};
    }
    // A failure changes nothing: the next suspend meets it again and reports it.
    const auto entries = rung_->snapshot().value_or(std::nullopt);
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
        if (queue.suspended && !queue.held && queue.at.key.gpu == gpu) {
            earliest = std::min(earliest.value_or(queue.suspended_since), queue.suspended_since);
        }
    }
    return earliest;
}

std::optional<TimePoint> Session::held_since(std::uint32_t number) const {
    const CaredQueue* queue = queues_.find(number);
    return queue != nullptr && queue->held ? std::optional(queue->suspended_since) : std::nullopt;
}

Call Session::suspend(GpuId gpu) {
    gather(Verb::suspend, gpu);
    return apply(Verb::suspend, gpu);
}

Call Session::resume(GpuId gpu) {
    gather(Verb::resume, gpu);
    return apply(Verb::resume, gpu);
}

Call Session::hold(GpuId gpu, std::uint32_t number) {
    const TimePoint now = ports_.clock();
    CaredQueue* queue = queue_on(gpu, number);
    if (queue == nullptr) {
        return {.error = ENOENT, .entered = now, .done = now};
    }
    if (!rung_ || !rung_->takes_single_queues() || !rung_->takes(queue->at.type)) {
        return {.error = ENOTSUP, .entered = now, .done = now};
    }
    numbers_.clear();
    if (!queue->suspended) {
        numbers_.push_back(number);
    }
    const Call call = apply(Verb::suspend, gpu);
    queue->held = call.error == 0 && call.unknown == 0;
    return call;
}

Call Session::let_go(GpuId gpu, std::uint32_t number, bool owner_suspended) {
    numbers_.clear();
    if (CaredQueue* queue = queue_on(gpu, number)) {
        queue->held = false;
        if (queue->suspended && !owner_suspended) {
            numbers_.push_back(number);
        }
    }
    return apply(Verb::resume, gpu);
}

// One that can not be resumed stays: a snapshot will tell whether it is gone, and what resumes its
// owner reaches it.
void Session::forget(std::uint32_t number) {
    CaredQueue* queue = queues_.find(number);
    if (queue != nullptr && queue->suspended && can_resume_alone(*queue)) {
        queue->held = false;
        numbers_.assign(1, number);
        if (apply(Verb::resume, queue->at.key.gpu).error != 0) {
            return;
        }
    }
    queues_.remove(number);
}

// A rung that reaches only whole processes would resume its siblings too: they stay for that.
bool Session::can_resume_alone(const CaredQueue& queue) const {
    const auto sibling = [&](const CaredQueue& other) {
        return other.suspended && other.at.key != queue.at.key;
    };
    return (rung_ && rung_->takes_single_queues()) || std::ranges::none_of(queues_.all(), sibling);
}

CaredQueue* Session::queue_on(GpuId gpu, std::uint32_t number) {
    CaredQueue* queue = queues_.find(number);
    return queue != nullptr && queue->at.key.gpu == gpu ? queue : nullptr;
}

void Session::forget_holds() {
    for (CaredQueue& queue : queues_.all()) {
        queue.held = false;
    }
}

Call Session::apply(Verb verb, GpuId gpu) {
    Call call;
    call.entered = ports_.clock();
    call.done = call.entered;
    if (numbers_.empty()) {
        return call;
    }
    if (!rung_) {
        call.error = EPERM;
        return call;
    }
    const Result<kfd::Reach> reach =
        verb == Verb::suspend ? rung_->suspend(gpu, numbers_) : rung_->resume(gpu, numbers_);
    call.done = ports_.clock();
    if (!reach) {
        call.error = reach.error().code != 0 ? reach.error().code : EIO;
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
        if (queue.at.key.gpu == gpu && concerns(verb, queue)) {
            numbers_.push_back(queue.at.key.number);
        }
    }
}

bool Session::concerns(Verb verb, const CaredQueue& queue) const {
    if (verb == Verb::resume) {
        return queue.suspended && !queue.held;
    }
    return !queue.suspended && (!rung_ || rung_->takes(queue.at.type));
}

void Session::note(Verb verb, TimePoint when) {
    for (const std::uint32_t answer : numbers_) {
        CaredQueue* queue = queues_.find(answer & number_bits);
        const bool failed = (answer & kfd::queue_error_bit) != 0;
        const bool unknown = (answer & kfd::queue_invalid_bit) != 0;
        // A queue that the hardware failed to suspend is suspended in the driver's books, and has
        // to be resumed there. What it does not know when resuming is a destroyed queue.
        if (queue != nullptr && (verb == Verb::suspend || !failed)) {
            queue->suspended = verb == Verb::suspend && (failed || !unknown);
            queue->suspended_since = when;
        }
    }
}

}  // namespace penstock::gate
