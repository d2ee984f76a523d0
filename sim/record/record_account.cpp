// SPDX-License-Identifier: Apache-2.0

#include "sim/record/record_account.h"

#include <algorithm>

#include "policies/lookup.h"
#include "sim/record/placement.h"
#include "sim/record/seconds.h"

namespace penstock::sim {
namespace {

constexpr std::size_t longest_names = 256;
constexpr std::size_t most_owners_ever = 65536;
constexpr std::size_t most_grounds = 65536;  // Of all owners.
constexpr std::size_t most_devices_ever = 4096;
constexpr std::size_t most_suspended = 65536;  // At once: owners on devices.

// Nothing when the owner has no queues there.
const Tenure* tenure_of(const Snapshot& seen, OwnerId id, GpuId gpu) {
    const Owner* owner = find_owner(seen, id);
    if (owner == nullptr) {
        return nullptr;
    }
    const auto found = std::ranges::find(owner->tenures, gpu, &Tenure::gpu);
    return found != owner->tenures.end() ? &*found : nullptr;
}

// As the agent knew at the tick: what the gate does then comes with the next one.
bool is_suspended(const Snapshot& seen, OwnerId id, GpuId gpu) {
    const Tenure* tenure = tenure_of(seen, id, gpu);
    return tenure != nullptr && tenure->suspended;
}

class Accountant {
  public:
    Accountant(const Snapshot& seen, const Decision& decided, RecordAccount& into)
        : seen_(seen), decided_(decided), account_(into) {}

    Result<> take(const decisions::Followed& followed) {
        if (account_.policies.size() < longest_names) {
            account_.policies.append(account_.policies.empty() ? "" : ", ").append(followed.policy);
        }
        return {};
    }

    static Result<> take(const decisions::Limited& /*limited*/) { return {}; }

    Result<> take(const decisions::Done& done) {
        const wire::Acted& act = done.act;
        OwnerAccount& owner = account_.owners[act.owner];
        if (act.error != 0) {
            ++owner.failures;
        } else if (act.queue != every_queue) {
            owner.holds += act.verb == Verb::suspend ? 1U : 0U;
        } else {
            take_act(act, owner);
        }
        return bounded();
    }

    // What held since the tick before is put down, and what holds from now on looked at.
    Result<> take(const decisions::Ticked& /*ticked*/) {
        const Duration passed = account_.ticks == 0 ? Duration{} : seen_.now - before_;
        for (Duration* sum : running_) {
            grow(*sum, passed);
        }
        for (const auto& [device, share] : busy_) {
            device->busy_sum += share * seconds(passed);
            device->busy_seconds += seconds(passed);
        }
        grow(account_.span, passed);
        ++account_.ticks;
        before_ = seen_.now;
        end_what_is_over();
        running_.clear();
        busy_.clear();
        look_at_owners();
        look_at_devices();
        return bounded();
    }

    Result<> take(const decisions::Ended& ended) {
        account_.end = ended.why;
        return {};
    }

    // Whoever is suspended at the end was so until then.
    void finish() {
        while (!open_.empty()) {
            close(open_.begin(), before_);
        }
    }

  private:
    using Where = std::pair<OwnerId, GpuId>;

    struct Open {
        Grounds grounds{};
        TimePoint since{};
    };

    using OpenAt = std::map<Where, Open>::iterator;

    // One that reached all of an owner's queues on a device.
    void take_act(const wire::Acted& act, OwnerAccount& owner) {
        const Where where{act.owner, act.gpu};
        const Duration took{std::max<std::int64_t>(act.done_ns - act.entered_ns, 0)};
        DeviceAccount& device = account_.devices[act.gpu];
        if (act.verb == Verb::suspend) {
            grow(owner.suspending, took);
            grow(device.suspending, took);
            ++device.suspends;
            open(where,
                 {.grounds = {.reason = act.reason, .cause = act.cause},
                  .since = from_ns(act.done_ns)});
            return;
        }
        grow(owner.resuming, took);
        grow(device.resuming, took);
        if (const auto found = open_.find(where); found != open_.end()) {
            close(found, from_ns(act.done_ns));
        }
    }

    // The cause gains from the first of its victims on...
    void open(const Where& where, const Open& suspension) {
        if (!open_.try_emplace(where, suspension).second) {
            return;  // It was told twice.
        }
        if (suspension.grounds.cause == where.first) {
            return;  // By its own submission: its turn was over.
        }
        Beneficiary& cause = served_[{suspension.grounds.cause, where.second}];
        if (cause.victims++ == 0) {
            cause.since = suspension.since;
        }
    }

    // ...until the last of them runs again.
    void close(OpenAt at, TimePoint when) {
        const auto [where, suspension] = *at;
        open_.erase(at);
        const Duration lasted = std::max(when - suspension.since, Duration{});
        OwnerAccount& owner = account_.owners[where.first];
        grow(owner.suspended, lasted);
        grounds_ += owner.suspensions.contains(suspension.grounds) ? 0U : 1U;
        Suspensions& sum = owner.suspensions[suspension.grounds];
        ++sum.times;
        grow(sum.total, lasted);
        if (lasted > sum.longest) {
            sum.longest = lasted;
            sum.longest_since = suspension.since;
        }
        const auto cause = served_.find({suspension.grounds.cause, where.second});
        if (suspension.grounds.cause == where.first || cause == served_.end() ||
            --cause->second.victims > 0) {
            return;
        }
        if (suspension.grounds.cause != OwnerId{}) {
            grow(account_.owners[suspension.grounds.cause].gained,
                 std::max(when - cause->second.since, Duration{}));
        }
        served_.erase(cause);
    }

    // The owner has gone, or the gate has, and with it everything it held.
    void end_what_is_over() {
        for (auto at = open_.begin(); at != open_.end();) {
            const auto next = std::next(at);
            if (!is_suspended(seen_, at->first.first, at->first.second)) {
                close(at, seen_.now);
            }
            at = next;
        }
    }

    // What was last seen of an owner stays in its account when it is gone.
    void look_at_owners() {
        for (const Owner& owner : seen_.owners) {
            OwnerAccount& account = account_.owners[owner.id];
            account.pid = owner.pid;
            account.command = owner.command;
            running_.push_back(&account.seen);
            const bool works = std::ranges::any_of(owner.tenures, [&](const Tenure& tenure) {
                return has_work(seen_, owner.id, tenure.gpu);
            });
            if (works) {
                running_.push_back(&account.had_work);
            }
        }
    }

    void look_at_devices() {
        for (const Device& device : seen_.devices) {
            DeviceAccount& account = account_.devices[device.gpu];
            account.name = device.name;
            account.emulated = device.emulated;
            running_.push_back(&account.seen);
            if (device.use.busy.value) {
                busy_.emplace_back(&account, *device.use.busy.value);
            }
        }
        for (const DeviceOrder& order : decided_.orders) {
            look_at_order(order, account_.devices[order.gpu]);
        }
    }

    // Whether the order let anybody wait, and whether for somebody who could use the device.
    void look_at_order(const DeviceOrder& order, DeviceAccount& account) {
        std::size_t working = 0;
        std::size_t waiting = 0;
        for (const RankedOwner& owner : order.owners) {
            if (has_work(seen_, owner.owner, order.gpu)) {
                ++working;
                waiting += is_suspended(seen_, owner.owner, order.gpu) ? 1U : 0U;
            }
        }
        if (working > 0) {
            running_.push_back(working > 1 ? &account.several_work : &account.one_works);
        }
        if (waiting > 0) {
            running_.push_back(&account.anybody_waits);
        }
        if (waiting > 0 && waiting == working) {
            running_.push_back(&account.all_wait);
        }
    }

    // A record with new names in each line would fill the memory.
    [[nodiscard]] Result<> bounded() const {
        const bool modest = account_.owners.size() <= most_owners_ever &&
                            account_.devices.size() <= most_devices_ever &&
                            grounds_ <= most_grounds && open_.size() <= most_suspended;
        return modest ? Result<>()
                      : fail("there are too many owners, devices, reasons or suspensions so far");
    }

    // Somebody for whom others are suspended on a device.
    struct Beneficiary {
        std::size_t victims = 0;
        TimePoint since{};
    };

    const Snapshot& seen_;
    const Decision& decided_;
    RecordAccount& account_;
    TimePoint before_{};
    std::size_t grounds_ = 0;
    std::map<Where, Open> open_{};
    std::map<Where, Beneficiary> served_{};  // By who gains, and where.
    std::vector<Duration*> running_{};       // What grows until the next tick.
    std::vector<std::pair<DeviceAccount*, double>> busy_{};
};

}  // namespace

// What happened until a line that makes no sense is accounted for like any other.
Result<> account_for(decisions::DecisionReader& record, RecordAccount& into) {
    Accountant accountant(record.seen(), record.decided(), into);
    while (true) {
        const Result<decisions::Event> event = record.next();
        Result<> taken =
            event ? std::visit([&](const auto& each) { return accountant.take(each); }, *event)
                  : std::unexpected(event.error());
        if (!taken && event) {
            taken = fail("line " + std::to_string(record.line()) + ": " + taken.error().message());
        }
        if (!taken || std::holds_alternative<decisions::Ended>(*event)) {
            accountant.finish();
            return taken;
        }
    }
}

}  // namespace penstock::sim
