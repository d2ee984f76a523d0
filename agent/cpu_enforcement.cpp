// SPDX-License-Identifier: Apache-2.0

#include "agent/cpu_enforcement.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/actuation/undo.h"
#include "agent/config/name_patterns.h"
#include "base/journal.h"

namespace penstock {
namespace {

constexpr Duration look_period = std::chrono::milliseconds(100);
constexpr Duration hold_period = std::chrono::seconds(1);  // New threads have come by then.
constexpr Duration choose_period = std::chrono::seconds(5);
constexpr std::uint64_t wait_usec = 2'000'000;  // Whoever waits for our end has five seconds.

// Connects when there is something to ask for.
Result<> set_quota(dbus::Connection& connection,
                   const std::string& bus,
                   const std::string& unit,
                   std::uint64_t quota) {
    if (!connection) {
        Result<dbus::Connection> opened = dbus::connect(bus);
        if (!opened) {
            // Without its code, which could be taken for that of a unit that is gone.
            return fail(opened.error().message());
        }
        connection = std::move(*opened);
    }
    return SystemdUnits(connection.get()).set_quota_now(unit, quota, wait_usec);
}

UndoDoors doors_of(const std::string& bus, const std::string& resctrl) {
    auto connection = std::make_shared<dbus::Connection>();
    return {
        .set_quota = [=](const std::string& unit,
                         std::uint64_t quota) { return set_quota(*connection, bus, unit, quota); },
        .remove_group =
            [=](const std::string& group) { return KernelControlGroups(resctrl).remove(group); }};
}

}  // namespace

CpuEnforcement::CpuEnforcement(Places places, sd_event* event, Spared spared)
    : places_(std::move(places)),
      event_(event),
      spared_(std::move(spared)),
      undo_(places_.undo_file),
      watch_(places_.cgroups,
             [this](const std::string& unit) { return matches_any(wishes_.units, unit); }),
      resctrl_({.resctrl = places_.resctrl, .cgroups = places_.cgroups},
               std::make_unique<KernelControlGroups>(places_.resctrl),
               undo_) {}

CpuEnforcement::~CpuEnforcement() {
    if (undo_.entries().empty()) {
        return;
    }
    for (const std::string& failure :
         undo_all(undo_, doors_of(places_.bus, places_.resctrl)).failures) {
        journal(Severity::error, "a limit of processor time stays: " + failure);
    }
}

void CpuEnforcement::follow(Wishes wishes) {
    if (wishes == wishes_ && loaded_) {
        return;
    }
    wishes_ = std::move(wishes);
    watch_.forget();
    choose_due_ = {};
    if (!loaded_) {
        loaded_ = true;
        take_over();
    }
}

// Whoever left limits was killed, or could not lift them.
void CpuEnforcement::take_over() {
    if (places_.undo_file.empty()) {
        trouble_ = wishes_.units.empty() ? "" : "nobody is held back without an undo file";
        return;
    }
    if (const Result<> loaded = undo_.load(); !loaded) {
        trouble_ =
            "nobody is held back, as limits could not be undone: " + loaded.error().message();
        journal(Severity::error, trouble_);
        places_.undo_file.clear();
        return;
    }
    if (undo_.damaged() > 0) {
        journal(Severity::warning,
                fmt::format("{} lines of {} made no sense: nobody can tell what they stood for",
                            undo_.damaged(),
                            undo_.path()));
        static_cast<void>(undo_.drop_damaged());
    }
    if (undo_.entries().empty()) {
        return;
    }
    journal(Severity::notice,
            fmt::format("{} limits of processor time that were left are lifted",
                        undo_.entries().size()));
    resctrl_.take_over();
    owes_quotas_ = std::ranges::find(undo_.entries(), UndoEntry::Kind::quota, &UndoEntry::kind) !=
                   undo_.entries().end();
}

void CpuEnforcement::take_over_quotas(TimePoint now) {
    if (!owes_quotas_ || now < choose_due_) {
        return;
    }
    choose_due_ = now + choose_period;
    if (const Result<UnitQuota*> known = quota()) {
        (*known)->take_over();
        owes_quotas_ = false;
        trouble_.clear();
    } else {
        trouble_ = known.error().message();
    }
}

Result<UnitQuota*> CpuEnforcement::quota() {
    if (!quota_) {
        Result<dbus::Connection> opened = dbus::connect(places_.bus);
        if (!opened) {
            return std::unexpected(std::move(opened).error());
        }
        const int result = sd_bus_attach_event(opened->get(), event_, SD_EVENT_PRIORITY_NORMAL);
        if (result < 0) {
            return fail(-result, "attach systemd's bus to the event loop");
        }
        bus_ = std::move(*opened);
        manager_.emplace(bus_.get());
        quota_.emplace(*manager_, undo_);
    }
    return &*quota_;
}

bool CpuEnforcement::may_act(const Snapshot& seen) const {
    return wishes_.mode > CpuThrottleMode::advice && seen.preemption_enabled && !seen.dry_run &&
           !places_.undo_file.empty();
}

bool CpuEnforcement::turn(const Snapshot& seen) {
    take_over_quotas(seen.now);
    const bool acts = may_act(seen);
    const bool concerned = is_wanted() || !throttle_.order().limits.empty();
    if (concerned) {
        measure(seen);
    }
    // Whoever forbids it does not wait for the next look.
    const bool looks = std::exchange(acts_, acts) != acts || seen.now >= look_due_;
    if (looks) {
        look_due_ = seen.now + look_period;
    }
    if (looks && concerned) {
        throttle_.look(seen, candidates());
        enforce(seen);
    }
    resctrl_.turn(seen.now);
    if (quota_) {
        quota_->turn(seen.now);
    }
    return looks;
}

bool CpuEnforcement::is_wanted() const {
    return wishes_.mode != CpuThrottleMode::off && !wishes_.units.empty();
}

void CpuEnforcement::measure(const Snapshot& seen) {
    if (is_wanted() && throttle_.watches(seen)) {
        watch_.turn(seen.now);
    } else {
        watch_.forget();
    }
}

std::vector<UnitUse> CpuEnforcement::candidates() const {
    std::vector<UnitUse> units(watch_.units().begin(), watch_.units().end());
    const std::vector<std::string> spared = units.empty() ? std::vector<std::string>() : spared_();
    for (UnitUse& use : units) {
        use.spared = std::ranges::find(spared, use.unit) != spared.end();
    }
    return units;
}

void CpuEnforcement::enforce(const Snapshot& seen) {
    const bool acts = may_act(seen);
    if (acts && !throttle_.order().limits.empty() && seen.now >= choose_due_) {
        choose_due_ = seen.now + choose_period;
        choose_means();
    }
    hold(acts ? throttle_.order() : CpuOrder{}, seen.now);
    told_.note(throttle_.order(), acts && means_ != nullptr ? means_->name() : "", seen.now);
}

void CpuEnforcement::hold(const CpuOrder& order, TimePoint now) {
    if (order == held_ && (order.limits.empty() || now < hold_due_)) {
        return;
    }
    held_ = order;
    hold_due_ = now + hold_period;
    if (means_ != nullptr) {
        means_->hold(order);
    }
}

// Where resctrl does not do it, quotas take its place; not the other way round while they stand.
void CpuEnforcement::choose_means() {
    const bool failed = means_ == &resctrl_ && !means_->trouble().empty();
    if (means_ != nullptr && !failed &&
        (wishes_.mode == CpuThrottleMode::automatic || means_->name() == name_of(wishes_.mode))) {
        return;
    }
    if (means_ != nullptr) {
        means_->hold({});
    }
    means_ = nullptr;
    held_ = {};
    trouble_.clear();
    const Result<> there = failed ? fail(resctrl_.trouble()) : resctrl_.check();
    if (wishes_.mode != CpuThrottleMode::quota && there) {
        means_ = &resctrl_;
    } else if (wishes_.mode == CpuThrottleMode::resctrl) {
        trouble_ = there.error().message();
    } else if (const Result<UnitQuota*> known = quota()) {
        means_ = *known;
    } else {
        trouble_ = known.error().message();
    }
}

void CpuEnforcement::let_go(TimePoint now) {
    throttle_.let_go(now);
    hold({}, now);
}

std::string CpuEnforcement::trouble() const {
    if (!trouble_.empty()) {
        return trouble_;
    }
    return quota_ && !quota_->trouble().empty() ? quota_->trouble() : resctrl_.trouble();
}

std::vector<std::string> CpuEnforcement::lines() const {
    if (!is_wanted()) {
        return {};
    }
    const std::size_t standing = resctrl_.standing() + (quota_ ? quota_->standing() : 0);
    std::vector<std::string> lines = lines_of(throttle_.order());
    lines.insert(lines.begin(),
                 fmt::format("{}, share {:.2f}, {} units held back{}{}",
                             name_of(wishes_.mode),
                             throttle_.order().share,
                             standing,
                             means_ != nullptr ? fmt::format(" by {}", means_->name()) : "",
                             trouble().empty() ? "" : " (" + trouble() + ")"));
    return lines;
}

std::vector<std::string> undo_cpu_limits(const CpuEnforcement::Places& places) {
    UndoFile undo(places.undo_file);
    if (const Result<> loaded = undo.load(); !loaded) {
        return {loaded.error().message()};
    }
    if (undo.entries().empty() && undo.damaged() == 0) {
        return {};
    }
    return undo_all(undo, doors_of(places.bus, places.resctrl)).failures;
}

}  // namespace penstock
