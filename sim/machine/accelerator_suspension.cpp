// SPDX-License-Identifier: Apache-2.0
//
// Accelerator, continued: what suspending and resuming an owner does to it and to the device.

#include <algorithm>

#include "sim/machine/accelerator.h"

namespace penstock::sim {

void Accelerator::suspend(std::uint32_t number, TimePoint now) {
    pass(now);
    Owner& owner = owners_[number];
    if (owner.suspended) {
        return;
    }
    owner.suspended = true;
    if (model_.reach == Reach::running) {
        take_off(owner);
        begin_transition(owner, model_.save, owner.saving);
    }
    end_transitions();
    fill();
    note_next();
}

// A restore that is not over is given up.
void Accelerator::take_off(Owner& owner) {
    if (owner.restoring) {
        owner.restoring = false;
        --restoring_;
    }
    for (const std::uint32_t queue : owner.queues) {
        if (queues_[queue].runs) {
            stop(queue);
        }
    }
}

void Accelerator::resume(std::uint32_t number, TimePoint now) {
    pass(now);
    Owner& owner = owners_[number];
    if (!owner.suspended) {
        return;
    }
    owner.suspended = false;
    if (model_.reach == Reach::running) {
        if (owner.saving) {
            owner.saving = false;
            --saving_;
        }
        begin_transition(owner, model_.restore, owner.restoring);
    }
    end_transitions();
    fill();
    note_next();
}

void Accelerator::remove(std::uint32_t number, TimePoint now) {
    pass(now);
    Owner& owner = owners_[number];
    take_off(owner);
    saving_ -= owner.saving ? 1 : 0;
    owner.saving = false;
    for (const std::uint32_t queue : owner.queues) {
        while (!queues_[queue].packets.empty()) {
            queues_[queue].packets.pop();
        }
    }
    fill();
    note_next();
}

// With one runlist the driver takes everybody's queues off the device, one change after the other.
void Accelerator::begin_transition(Owner& owner, Duration takes, bool& which) {
    which = true;
    std::size_t& count = &which == &owner.saving ? saving_ : restoring_;
    ++count;
    const bool whole =
        model_.scheduler == DeviceScheduler::hws || model_.scheduler == DeviceScheduler::unknown;
    const TimePoint from = whole ? std::max(standing_until_, last_) : last_;
    owner.changed_at = from + takes;
    if (whole) {
        standing_until_ = owner.changed_at;
    }
}

// Whether there were any: then somebody may have become able to run.
bool Accelerator::end_transitions() {
    if (saving_ + restoring_ == 0) {
        return false;
    }
    bool found = false;
    for (Owner& owner : owners_) {
        if ((owner.saving || owner.restoring) && owner.changed_at <= last_) {
            saving_ -= owner.saving ? 1 : 0;
            restoring_ -= owner.restoring ? 1 : 0;
            owner.saving = owner.restoring = false;
            found = true;
        }
    }
    return found;
}

}  // namespace penstock::sim
