// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/queue_suspension.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <expected>
#include <set>

#include "kmod-helpers/emulator/driver/debug_session.h"
#include "kmod-helpers/emulator/driver/hardware_wait.h"
#include "kmod-helpers/emulator/driver/holds.h"
#include "kmod-helpers/emulator/driver/slow_wait.h"

namespace penstock::emulator {

namespace {

using Numbers = std::vector<std::uint32_t>;

// The caller's array, with every entry marked as not reached.
std::expected<Numbers, int> read_numbers(Request& request,
                                         std::uint64_t address,
                                         std::uint32_t count) {
    if (count > kfd::max_queues_per_call || (address == 0 && count > 0)) {
        return std::unexpected(-EINVAL);
    }
    Numbers numbers(count);
    if (count > 0 &&
        !request.machine.ports.memory.read(
            request.caller.tgid, address, std::as_writable_bytes(std::span(numbers)))) {
        return std::unexpected(-EFAULT);
    }
    for (std::uint32_t& number : numbers) {
        number |= kfd::queue_invalid_bit;
    }
    return numbers;
}

// The driver ignores that the array went away meanwhile: what was done stays done.
void write_numbers(Request& request, std::uint64_t address, const Numbers& numbers) {
    if (!numbers.empty()) {
        static_cast<void>(request.machine.ports.memory.write(
            request.caller.tgid, address, std::as_bytes(std::span(numbers))));
    }
}

// Where the caller's array names each queue first: of two equal entries the second stays marked.
class Places {
  public:
    explicit Places(Numbers& numbers) : numbers_(numbers) {
        places_.fill(nullptr);
        for (std::uint32_t& entry : numbers_) {
            const std::uint32_t number = entry & ~kfd::queue_invalid_bit;
            if (number < places_.size() && places_.at(number) == nullptr) {
                places_.at(number) = &entry;
            }
        }
    }

    // Null for a queue that is not named.
    [[nodiscard]] std::uint32_t* entry_of(std::uint32_t number) const {
        return number < places_.size() ? places_.at(number) : nullptr;
    }

  private:
    Numbers& numbers_;
    std::array<std::uint32_t*, kfd::max_queues_per_process> places_{};
};

// A call that names no queue never reaches the hardware.
std::optional<std::uint32_t> take_if_any(Machine& machine, Fault fault, const Numbers& numbers) {
    return numbers.empty() ? std::nullopt : machine.faults.take(fault);
}

bool may_be_suspended(const Queue& queue) {
    const bool unseen = (queue.exceptions & kfd::exception_queue_new) != 0;
    return queue.held_by(Hold::debugger) || (!unseen && !queue.being_destroyed);
}

// A suspension that the hardware refused. The driver regards such a queue as suspended all the
// same: its owner can not destroy it before it is resumed. With MES the first failure ends the work
// on the device, with HWS the reload of its queues fails for all of them.
class FailedSuspensions {
  public:
    explicit FailedSuspensions(const Devices& devices) : devices_(devices) {}

    [[nodiscard]] bool given_up(std::uint32_t gpu_id) const { return given_up_.contains(gpu_id); }

    void add(Queue& queue, std::uint32_t& entry) {
        const std::uint32_t gpu_id = queue.setup.gpu_id;
        queue.holds |= static_cast<std::uint8_t>(Hold::debugger);
        entry |= kfd::queue_error_bit;
        if (devices_.description(gpu_id).settings.scheduler == Scheduler::mes) {
            given_up_.insert(gpu_id);
        } else {
            entry &= ~kfd::queue_invalid_bit;
        }
    }

  private:
    const Devices& devices_;
    std::set<std::uint32_t> given_up_;
};

// Marks what is reached in the caller's array and returns the numbers of it.
QueueNumbers choose_queues(Machine& machine, Owner& target, Numbers& numbers, std::uint64_t clear) {
    const bool fails =
        !numbers.empty() && machine.faults.take(Fault::suspend_queue_error).has_value();
    const Places places(numbers);
    FailedSuspensions failed(machine.devices);
    QueueNumbers chosen;
    chosen.reserve(std::min(numbers.size(), target.queues.size()));
    for (auto& [number, queue] : target.queues) {
        std::uint32_t* const entry = places.entry_of(number);
        if (entry == nullptr || !may_be_suspended(queue) || failed.given_up(queue.setup.gpu_id)) {
            continue;
        }
        if ((fails || queue.lost) && !queue.held_by(Hold::debugger)) {
            failed.add(queue, *entry);
            continue;
        }
        *entry &= ~kfd::queue_invalid_bit;
        queue.exceptions &= ~clear;
        chosen.push_back(number);
    }
    return chosen;
}

}  // namespace

Verdict suspend_queues(Request& request, Owner& target, const kfd::DebugSuspendQueues& argument) {
    Machine& machine = request.machine;
    auto numbers = read_numbers(request, argument.queue_array_ptr, argument.num_queues);
    if (!numbers) {
        return numbers.error();
    }
    if (const auto error = take_if_any(machine, Fault::suspend_error, *numbers)) {
        return -static_cast<int>(*error);
    }
    const auto slow_ms = take_if_any(machine, Fault::suspend_slow, *numbers);
    const QueueNumbers chosen = choose_queues(machine, target, *numbers, argument.exception_mask);
    const TimePoint saved = hold(machine, target, chosen, Hold::debugger, request.now);
    write_numbers(request, argument.queue_array_ptr, *numbers);
    const int reached = static_cast<int>(chosen.size());
    if (slow_ms) {
        const TimePoint until = request.now + std::chrono::milliseconds(*slow_ms);
        return std::make_unique<SlowWait>(request, std::max(saved, until), reached);
    }
    return at(saved, reached, request.now);
}

Verdict resume_queues(Request& request, Owner& target, const kfd::DebugResumeQueues& argument) {
    Machine& machine = request.machine;
    if (argument.queue_array_ptr == 0) {  // The driver's way to say "all".
        const TimePoint running = resume_everything(machine, target, request.now);
        return at(running, static_cast<int>(target.queues.size()), request.now);
    }
    auto numbers = read_numbers(request, argument.queue_array_ptr, argument.num_queues);
    if (!numbers) {
        return numbers.error();
    }
    if (const auto error = take_if_any(machine, Fault::resume_error, *numbers)) {
        return -static_cast<int>(*error);
    }
    const Places places(*numbers);
    QueueNumbers chosen;
    chosen.reserve(numbers->size());
    for (auto& [number, queue] : target.queues) {
        if (std::uint32_t* const entry = places.entry_of(number)) {
            *entry &= ~kfd::queue_invalid_bit;
            chosen.push_back(number);
        }
    }
    const TimePoint restored = release(machine, target, chosen, Hold::debugger, request.now);
    write_numbers(request, argument.queue_array_ptr, *numbers);
    return at(restored, static_cast<int>(chosen.size()), request.now);
}

}  // namespace penstock::emulator
