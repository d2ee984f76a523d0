// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/source_group.h"

#include <algorithm>

namespace penstock {
namespace {

// A source that has been lost, or is not there: somebody may load a driver or grant a permission.
constexpr Duration second_look = std::chrono::seconds(60);

Duration pause_after(const Opened& opened) {
    const auto* later = std::get_if<Later>(&opened);
    return later != nullptr ? later->again_in : second_look;
}

}  // namespace

SourceState state_of(std::string_view name, const Opened& opened) {
    SourceState state{.name = std::string(name)};
    if (const auto* available = std::get_if<Available>(&opened)) {
        state.standing = Standing::available;
        state.reason = available->what;
    } else if (const auto* later = std::get_if<Later>(&opened)) {
        state.standing = Standing::later;
        state.reason = later->why;
    } else {
        state.reason = std::get<Absent>(opened).why;
    }
    return state;
}

void SourceGroup::add(std::unique_ptr<Source> source, SourceId id) {
    members_.push_back({.source = std::move(source), .id = id});
}

void SourceGroup::run(TimePoint now, Readings& into) {
    for (Member& member : members_) {
        if (now < member.due) {
            continue;
        }
        if (!member.available) {
            open(member, now, into);
        }
        if (!member.available) {
            continue;
        }
        if (!member.source->read(now, into)) {
            member.available = false;
            member.due = now;
            continue;
        }
        // From the time that was due: the period must not grow by the work done in it.
        const Duration period = member.source->pace().period;
        member.due = std::max(member.due + period, now + period / 2);
    }
}

void SourceGroup::open(Member& member, TimePoint now, Readings& into) {
    const Opened opened = member.source->open(machine_, around_, member.id);
    member.available = std::holds_alternative<Available>(opened);
    member.due = member.available ? now : now + pause_after(opened);
    into.reopened.push_back(member.id);
    SourceState state = state_of(member.source->name(), opened);
    if (state != member.told) {
        into.sources.push_back({.source = member.id, .state = state});
        member.told = std::move(state);
    }
}

TimePoint SourceGroup::next_due() const {
    TimePoint earliest = TimePoint::max();
    for (const Member& member : members_) {
        earliest = std::min(earliest, member.due);
    }
    return earliest;
}

void SourceGroup::follow(const Client& client) {
    for (Member& member : members_) {
        member.source->follow(client);
    }
}

void SourceGroup::leave(OwnerId owner) {
    for (Member& member : members_) {
        member.source->leave(owner);
    }
}

}  // namespace penstock
