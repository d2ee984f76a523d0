// SPDX-License-Identifier: Apache-2.0
//
// The agent and its configuration: what is wrong with it, reading it again, and what its rules
// grant to processes that change.

#include <utility>

#include "agent/agent.h"
#include "agent/config/users.h"
#include "agent/native_journal.h"
#include "agent/process_origin.h"
#include "base/clock.h"
#include "base/journal.h"
#include "base/pidfd.h"
#include "base/text.h"
#include "policies/catalogue.h"
#include "policies/lookup.h"

namespace penstock {
namespace {

// A process that moves to another unit, or becomes another program, is looked at again by then, and
// one of many not more often: it is a few files of /proc each.
constexpr Duration reconsider_period = std::chrono::milliseconds(100);

std::string sentence_of(const config::Remark& remark) {
    return to_text(remark.place) + ": " + remark.sentence;
}

const config::Remark* first_error(const config::Remarks& remarks) {
    for (const config::Remark& each : remarks.all()) {
        if (each.gravity == config::Gravity::error) {
            return &each;
        }
    }
    return nullptr;
}

ReloadReport report_of(const config::Configuration& configuration) {
    ReloadReport report{.files = configuration.files,
                        .rules = static_cast<std::uint32_t>(configuration.rules.size())};
    for (const config::Remark& each : configuration.remarks.all()) {
        report.warnings.push_back(sentence_of(each));
    }
    return report;
}

// What the rules change of an owner's terms. What somebody set over D-Bus stays.
Choices ruled_anew(const Owner& owner, const Choices& former, const Choices& present) {
    const Choices usual = terms_of(Owner());
    Choices news;
    each_term([&](const auto& term) {
        const auto& before = former.*term.choice ? former.*term.choice : usual.*term.choice;
        if (owner.*term.source == before->source) {
            news.*term.choice = present.*term.choice ? present.*term.choice : usual.*term.choice;
        }
    });
    return news;
}

}  // namespace

// What is wrong is left out, so that the agent runs; it must not do so silently.
void Agent::report_configuration() {
    const config::Remarks& remarks = configuration_.remarks;
    for (const config::Remark& each : remarks.all()) {
        journal(each.gravity == config::Gravity::error ? Severity::error : Severity::warning,
                sentence_of(each));
    }
    const config::Settings usual;
    if (!options_.gate_socket.empty() && (settings().vendor_ioctl != usual.vendor_ioctl ||
                                          settings().gate_realtime != usual.gate_realtime)) {
        journal(Severity::warning,
                "VendorIoctl= and GateRealtimePriority= do not reach a gate that systemd starts: "
                "its unit takes them from /etc/penstock/gate.env");
    }
    if (const config::Remark* wrong = first_error(remarks)) {
        config_trouble_ = "the configuration has " + std::to_string(remarks.errors()) +
                          " errors, and defaults hold in their place; the first is in " +
                          sentence_of(*wrong);
    }
}

Result<ReloadReport> Agent::reload() {
    config::Configuration fresh = configure(options_);
    if (const config::Remark* wrong = first_error(fresh.remarks)) {
        std::string sentence = sentence_of(*wrong);
        if (fresh.remarks.errors() > 1) {
            sentence += " (and " + std::to_string(fresh.remarks.errors() - 1) + " more)";
        }
        journal(Severity::error,
                "the configuration is kept as it was: " + sentence,
                events::configuration_refused);
        return fail(std::move(sentence));
    }
    ReloadReport report = report_of(fresh);
    const config::Settings former = settings();
    configuration_ = std::move(fresh);
    for (const config::Key* key : config::changed(former, settings())) {
        if (!key->live) {
            report.needs_restart.push_back("[" + std::string(key->section) + "] " +
                                           std::string(key->name) + "=");
        }
    }
    hold_to_settings(former);
    grant_anew();
    config_trouble_.clear();
    publish_reasons();
    journal(Severity::notice,
            "configuration read again: " + std::to_string(report.files.size()) + " files, " +
                std::to_string(report.rules) + " rules",
            events::configuration_read);
    return report;
}

// Those that can change while the agent runs.
void Agent::hold_to_settings(const config::Settings& former) {
    loop_->limit(settings().limits());
    recorder_.limited(settings().limits());
    bus_->limit(settings().limits());
    limit_leases();
    prepare_enforcement();
    // It may have been set over D-Bus, as the policy below. Where the gate can not be reached,
    // nobody is suspended.
    if (settings().dry_run != former.dry_run) {
        static_cast<void>(desk_.set_dry_run(settings().dry_run));
    }
    // Somebody may have chosen another policy over D-Bus: only a change of the file counts.
    if (settings().policy != former.policy ||
        settings().policy_settings != former.policy_settings) {
        if (Result<std::unique_ptr<Policy>> policy =
                make_policy(settings().policy, settings().policy_settings)) {
            loop_->follow(std::move(*policy));
            recorder_.followed(settings().policy, settings().policy_settings);
            bus_->following(settings().policy, settings().policy_settings);
        }
    }
}

// Before the first client is heard.
void Agent::prepare_bus() {
    bus_->following(settings().policy, settings().policy_settings);
    bus_->trust([this](std::uint32_t uid) {
        return !settings().admin_group.empty() && config::is_member(uid, settings().admin_group);
    });
    take_over_leases();
    bus_->log_with(
        {.target = [] { return std::string(log_target()); },
         .set_target = [](const std::string& target) { return set_log_target(target); }});
}

void Agent::limit_leases() {
    bus_->limit_leases({.most = static_cast<std::size_t>(settings().most_leases),
                        .most_of_a_user = static_cast<std::size_t>(settings().leases_per_user)},
                       settings().lease_user_share);
}

// Nobody is to see a bandwidth as free that somebody has leased.
void Agent::take_over_leases() {
    limit_leases();
    bus_->leases().keep_with(kept_leases_);
    std::size_t taken = 0;
    for (KeptLeases::Found& found : kept_leases_.take()) {
        if (bus_->leases().restore(found.lease, std::move(found.descriptor))) {
            ++taken;
        } else {
            kept_leases_.forget(found.lease.number);
        }
    }
    if (taken > 0) {
        journal(Severity::notice, std::to_string(taken) + " leases go on that were held before");
    }
}

void Agent::grant_anew() {
    std::vector<OwnerId> owners;
    for (const Owner& owner : loop_->state().snapshot().owners) {
        owners.push_back(owner.id);
    }
    for (const OwnerId owner : owners) {
        grant_anew(owner);
    }
}

void Agent::grant_anew(OwnerId owner) {
    const QueueTracker& tracker = sensing_.tracker();
    const std::uint32_t pid = tracker.pid_of(owner);
    if (pid == 0 || dead_.contains(owner)) {
        return;
    }
    const config::Identity identity = identity_of(owner, pid);
    if (!is_alive(tracker.pidfd_of(owner))) {
        return;  // What was read may be somebody else's.
    }
    loop_->state().note_origin(owner, origin_told(owner, identity));
    config::Grant granted = config::grant(configuration_.rules, identity);
    const Owner* known = find_owner(loop_->state().snapshot(), owner);
    if (known == nullptr) {
        return;  // Its appearance is still on its way to the loop; its turn comes again.
    }
    config::Grant& present = grants_[owner];
    if (granted == present) {
        return;
    }
    const bool could_be_evicted = may_evict(owner);
    const config::Grant former = std::exchange(present, std::move(granted));
    static_cast<void>(loop_->state().choose(pid, ruled_anew(*known, former.terms, present.terms)));
    if (may_evict(owner) != could_be_evicted) {
        adopt(owner);
    }
}

// Whose executable we may not see, the gate may.
config::Identity Agent::identity_of(OwnerId owner, std::uint32_t pid) const {
    config::Identity identity = origin_of(proc_, pid);
    if (!configuration_.rules.empty()) {
        add_user_and_command(proc_, pid, identity);
    }
    if (const auto told = programs_.find(owner);
        identity.program.empty() && told != programs_.end()) {
        identity.program = told->second;
    }
    return identity;
}

void Agent::executes(OwnerId owner, const std::string& program) {
    if (std::exchange(programs_[owner], program) != program) {
        grant_anew(owner);
    }
}

// One at a time, in turn.
void Agent::reconsider_one(TimePoint now) {
    if (grants_.empty() || now < reconsider_due_) {
        return;
    }
    reconsider_due_ = now + reconsider_period;
    auto next = grants_.upper_bound(reconsidered_);
    next = next != grants_.end() ? next : grants_.begin();
    reconsidered_ = next->first;
    grant_anew(next->first);
}

std::optional<std::uint32_t> Agent::only_uid(std::uint32_t pid) const {
    const OwnerId owner = sensing_.tracker().owner_with(pid);
    return owner != OwnerId{} ? only_uid_behind(sensing_.tracker().pidfd_of(owner)) : std::nullopt;
}

// That it lives when its file has been read is what makes the file its own.
std::optional<std::uint32_t> Agent::only_uid_behind(int pidfd) const {
    const Result<std::uint32_t> pid = pid_behind(pidfd);
    if (!pid) {
        return std::nullopt;
    }
    const auto status = proc_.read(std::to_string(*pid) + "/status");
    if (!status || !is_alive(pidfd)) {
        return std::nullopt;
    }
    return parse_number<std::uint32_t>(penstock::only_uid(*status));
}

}  // namespace penstock
