// SPDX-License-Identifier: Apache-2.0

#include "sim/record/decision_replay.h"

#include "policies/catalogue.h"
#include "policies/lookup.h"
#include "sim/record/placement.h"
#include "sim/record/seconds.h"

namespace penstock::sim {
namespace {

using decisions::DecisionReader;

constexpr std::size_t longest_names = 256;
constexpr std::size_t most_owners_ever = 65536;

// The loop of the agent without its ports: snapshots come from the record instead of the state.
class Replayer {
  public:
    Replayer(DecisionReader& record, bool as_recorded, ReplayFigures& into)
        : record_(record), as_recorded_(as_recorded), figures_(into) {}

    Result<> follow(const std::string& name, const PolicySettings& settings) {
        Result<std::unique_ptr<Policy>> policy = make_policy(name, settings);
        if (!policy) {
            return std::unexpected(std::move(policy).error());
        }
        policy_ = std::move(*policy);
        return {};
    }

    // A new instance, as the agent makes one: policies may remember.
    Result<> take(const decisions::Followed& followed) {
        if (figures_.recorded.size() < longest_names) {
            figures_.recorded.append(figures_.recorded.empty() ? "" : ", ").append(followed.policy);
        }
        return as_recorded_ ? follow(followed.policy, followed.settings) : Result<>();
    }

    Result<> take(const decisions::Limited& limited) {
        guard_ = Guard(limited.limits);
        return {};
    }

    static Result<> take(const decisions::Done& /*done*/) { return {}; }

    Result<> take(const decisions::Ticked& ticked) {
        if (policy_ == nullptr) {
            return fail("nobody decides: the record names no policy before its first tick");
        }
        const Snapshot& seen = record_.seen();
        decision_ = policy_->decide(seen);
        decision_ = guard_.trim(std::move(decision_), seen);
        pass_time(seen.now);
        ++figures_.ticks;
        figures_.decisions += ticked.decided_anew ? 1U : 0U;
        if (decision_ != record_.decided()) {
            figures_.first_line =
                figures_.differences++ == 0 ? record_.line() : figures_.first_line;
        }
        places_.clear();
        note(seen, record_.decided(), &OwnerCourse::recorded);
        note(seen, decision_, &OwnerCourse::replayed);
        return figures_.owners.size() <= most_owners_ever ? Result<>() : fail("too many owners");
    }

    static Result<> take(const decisions::Ended& /*ended*/) { return {}; }

  private:
    using Side = Placed OwnerCourse::*;

    // What holds from a tick to the next.
    struct Holding {
        OwnerCourse& course;
        Side side;
        Place place;
    };

    // The places of a tick hold until the next one.
    void pass_time(TimePoint now) {
        const Duration passed = figures_.ticks == 0 ? Duration{} : now - before_;
        for (const Holding& each : places_) {
            Placed& placed = each.course.*each.side;
            switch (each.place) {
                case Place::runs:
                    grow(placed.runs, passed);
                    break;
                case Place::turns:
                    grow(placed.turns, passed);
                    break;
                case Place::yields:
                    grow(placed.yields, passed);
                    break;
            }
        }
        grow(figures_.span, passed);
        before_ = now;
    }

    // Those who have no work take part in no order, whatever their rank.
    void note(const Snapshot& seen, const Decision& decision, Side side) {
        for (const DeviceOrder& order : decision.orders) {
            each_place(seen, order, [&](OwnerId id, Place place) {
                places_.push_back({.course = course_of(id, seen), .side = side, .place = place});
            });
        }
    }

    OwnerCourse& course_of(OwnerId id, const Snapshot& seen) {
        OwnerCourse& course = figures_.owners[id];
        if (const Owner* owner = find_owner(seen, id)) {
            course.pid = owner->pid;
            course.command = owner->command;
        }
        return course;
    }

    DecisionReader& record_;
    bool as_recorded_;
    ReplayFigures& figures_;
    std::unique_ptr<Policy> policy_{};
    Guard guard_{Guard::Limits{}};
    Decision decision_{};
    std::vector<Holding> places_{};
    TimePoint before_{};
};

}  // namespace

Result<> replay_decisions(DecisionReader& record,
                          const std::optional<Decider>& decider,
                          ReplayFigures& into) {
    Replayer replayer(record, !decider, into);
    if (decider) {
        if (Result<> followed = replayer.follow(decider->policy, decider->settings); !followed) {
            return followed;
        }
    }
    while (true) {
        const Result<decisions::Event> event = record.next();
        if (!event) {
            return std::unexpected(event.error());
        }
        const Result<> taken =
            std::visit([&](const auto& each) { return replayer.take(each); }, *event);
        if (!taken) {
            return fail("line " + std::to_string(record.line()) + ": " + taken.error().message());
        }
        if (std::holds_alternative<decisions::Ended>(*event)) {
            return {};
        }
    }
}

}  // namespace penstock::sim
