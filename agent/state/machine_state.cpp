// SPDX-License-Identifier: Apache-2.0

#include "agent/state/machine_state.h"

#include <algorithm>
#include <ranges>

#include "agent/state/measured.h"
#include "agent/state/sorted.h"
#include "agent/state/tenure.h"
#include "policies/decision.h"
#include "policies/lookup.h"
#include "policies/single_queues.h"

namespace penstock {

const Snapshot& MachineState::absorb(const Readings& readings, TimePoint now) {
    snapshot_.now = now;
    absorb_devices(readings.devices);
    for (const QueueEvent& event : readings.queue_events) {
        std::visit([&](const auto& happened) { absorb_event(happened); }, event);
    }
    for (const wire::FromGate& message : readings.gate_news) {
        std::visit([&](const auto& news) { absorb_news(news); }, message);
    }
    absorb_counters(readings);
    absorb_hints(readings.hints);
    absorb_costs(readings.unmaps);
    end_holds();
    return snapshot_;
}

void MachineState::absorb_devices(const std::vector<Device>& devices) {
    if (devices.empty()) {
        return;
    }
    snapshot_.devices = devices;
    std::ranges::sort(snapshot_.devices, {}, &Device::gpu);
    costs_.keep_only(snapshot_.devices);
    for (const Device& device : snapshot_.devices) {
        measured_.stir(place_of(device.gpu));
    }
}

void MachineState::absorb_counters(const Readings& readings) {
    for (const SourceId source : readings.reopened) {
        measured_.forget(source);
    }
    measured_.begin_round();
    for (const CounterReading& reading : readings.counters) {
        measured_.absorb(reading);
    }
    for (const LevelReading& reading : readings.levels) {
        measured_.absorb(reading);
    }
    measured_.expire(snapshot_.now);
    write_measurements(measured_, snapshot_);
    throttles_.absorb(snapshot_.memory, snapshot_.now);
    energy_.absorb(measured_, snapshot_);
    snapshot_.odd_readings = measured_.odd_readings();
    sources_.absorb(readings.sources, snapshot_.sources);
}

// After the counters of the same round, of which the progress is one.
void MachineState::absorb_hints(const std::vector<HintReading>& hints) {
    for (const HintReading& reading : hints) {
        if (Owner* owner = find_sorted(snapshot_.owners, reading.owner, &Owner::id)) {
            owner->hints = reading.hints;
            progress_.absorb(owner->id, owner->use);
        }
    }
}

void MachineState::absorb_costs(const std::vector<UnmapReading>& unmaps) {
    for (const UnmapReading& reading : unmaps) {
        costs_.add(reading);
    }
    costs_.write_into(snapshot_.devices);
}

void MachineState::end_holds() {
    for (Owner& owner : snapshot_.owners) {
        if (owner.held_until && *owner.held_until <= snapshot_.now) {
            owner.held_until.reset();
        }
    }
    for (Queue& queue : snapshot_.queues) {
        if (queue.held_until && *queue.held_until <= snapshot_.now) {
            queue.held_until.reset();
        }
    }
}

Result<> MachineState::choose(std::uint32_t pid, const Choices& choices) {
    std::string_view wrong;
    each_term([&](const auto& term) {
        if (const auto& chosen = choices.*term.choice; chosen && !term.allows(chosen->value)) {
            wrong = term.name;
        }
    });
    if (!wrong.empty()) {
        return fail("the " + std::string(wrong) + " is out of range");
    }
    const Result<Owner*> owner = owner_with(pid);
    if (!owner) {
        return std::unexpected(owner.error());
    }
    apply(choices, **owner);
    if (choices.preemptible && !choices.preemptible->value) {
        end_holds_of(**owner);
    }
    return {};
}

Result<Choices> MachineState::reset(std::uint32_t pid, const Choices& ruled) {
    const Result<Owner*> owner = owner_with(pid);
    if (!owner) {
        return std::unexpected(owner.error());
    }
    Choices back = back_to(ruled, **owner);
    if (Result<> done = choose(pid, back); !done) {
        return std::unexpected(std::move(done).error());
    }
    return back;
}

void MachineState::end_holds_of(Owner& owner) {
    owner.held_until.reset();
    for (Queue& queue : snapshot_.queues) {
        if (queue.key.owner == owner.id) {
            queue.held_until.reset();
        }
    }
}

// A hold that nobody would carry out is refused.
Result<> MachineState::check_holds_count() const {
    if (!snapshot_.preemption_enabled) {
        return fail("preemption is disabled");
    }
    return snapshot_.dry_run ? fail("nothing is suspended in a dry run") : Result<>();
}

Result<> MachineState::hold(std::uint32_t pid, TimePoint until) {
    if (Result<> counts = check_holds_count(); !counts) {
        return counts;
    }
    const Result<Owner*> found = owner_with(pid);
    if (!found) {
        return std::unexpected(found.error());
    }
    Owner& owner = **found;
    if (!owner.preemptible) {
        return fail("process " + std::to_string(pid) +
                    " is exempt from preemption (Preemptible is false, by " +
                    owner.preemptible_source + ")");
    }
    if (!can_preempt(owner.level)) {
        const std::string reason =
            owner.level_reason.empty() ? "the gate has not taken it over" : owner.level_reason;
        return fail("process " + std::to_string(pid) + " can not be suspended: " + reason);
    }
    owner.held_until = until;
    return {};
}

Result<> MachineState::let_go(std::uint32_t pid) {
    const Result<Owner*> owner = owner_with(pid);
    if (!owner) {
        return std::unexpected(owner.error());
    }
    (*owner)->held_until.reset();
    return {};
}

Result<> MachineState::hold(const NamedQueue& queue, TimePoint until) {
    if (Result<> counts = check_holds_count(); !counts) {
        return counts;
    }
    const Result<Queue*> found = queue_with(queue);
    if (!found) {
        return std::unexpected(found.error());
    }
    const Owner& owner = **owner_with(queue.pid);
    if (const std::string reason = why_not_held(owner, **found); !reason.empty()) {
        return fail(reason);
    }
    if (Result<> room = check_room(**found); !room) {
        return room;
    }
    (*found)->held_until = until;
    return {};
}

// An order has a place for so many.
Result<> MachineState::check_room(const Queue& queue) const {
    const auto held = std::ranges::count_if(snapshot_.queues, [&](const Queue& other) {
        return other.held_until && other.key.gpu == queue.key.gpu && other.key != queue.key;
    });
    if (static_cast<std::size_t>(held) < DeviceOrder::most_held_queues) {
        return {};
    }
    return fail(std::to_string(held) + " queues of device " + std::to_string(queue.key.gpu.value) +
                " are held already, which is the limit");
}

Result<> MachineState::let_go(const NamedQueue& queue) {
    const Result<Queue*> found = queue_with(queue);
    if (!found) {
        return std::unexpected(found.error());
    }
    (*found)->held_until.reset();
    return {};
}

void MachineState::let_all_go() {
    for (Owner& owner : snapshot_.owners) {
        owner.held_until.reset();
    }
    for (Queue& queue : snapshot_.queues) {
        queue.held_until.reset();
    }
}

void MachineState::note_origin(OwnerId owner, const ProcessOrigin& origin) {
    if (Owner* known = find_sorted(snapshot_.owners, owner, &Owner::id)) {
        known->origin = origin;
    }
}

void MachineState::forget_suspensions(TimePoint now) {
    for (Owner& owner : snapshot_.owners) {
        for (Tenure& tenure : owner.tenures) {
            end_suspension(tenure, now, Reason::release);
        }
    }
    for (Queue& queue : snapshot_.queues) {
        end_suspension(queue.alone, now, Reason::release);
    }
}

// Of two incarnations with one pid, the earlier is dead and its end not yet reported.
Result<Owner*> MachineState::owner_with(std::uint32_t pid) {
    auto newest_first = snapshot_.owners | std::views::reverse;
    const auto found = std::ranges::find(newest_first, pid, &Owner::pid);
    if (found == newest_first.end()) {
        return fail("no process with pid " + std::to_string(pid) + " has queues");
    }
    return &*found;
}

Result<Queue*> MachineState::queue_with(const NamedQueue& name) {
    const Result<Owner*> owner = owner_with(name.pid);
    if (!owner) {
        return std::unexpected(owner.error());
    }
    const QueueKey key{.owner = (*owner)->id, .gpu = name.gpu, .number = name.number};
    if (Queue* queue = find_sorted(snapshot_.queues, key, &Queue::key)) {
        return queue;
    }
    return fail("process " + std::to_string(name.pid) + " has no queue " +
                std::to_string(name.number) + " on device " + std::to_string(name.gpu.value));
}

}  // namespace penstock
