// SPDX-License-Identifier: Apache-2.0
//
// FakeLoop: stands behind the bus in the place of the control loop. Carries requests out on a
// snapshot of its own, notes them, and publishes before it answers, as the agent does.

#pragma once

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <concepts>
#include <string>
#include <vector>

#include "agent/loop/ports.h"
#include "base/pidfd.h"
#include "policies/service_class_names.h"
#include "policies/setting_table.h"
#include "tests/unit/publish/sample_snapshot.h"

namespace penstock::test {

class FakeLoop final : public Requests {
  public:
    Snapshot snapshot = sample_snapshot();
    Decision decision{};  // That explanations go by.
    std::vector<std::string> asked{};
    ReloadReport report{};
    Choices ruled = terms_of(Owner());            // What rules and defaults say of every process.
    std::optional<Error> failure{};               // What the next requests fail with.
    Publisher* publisher = nullptr;               // Null until the service exists.
    std::optional<Error> registration_failure{};  // What those of processes themselves fail with.
    bool nobody_has_queues = false;
    bool lose_processes_first = false;  // Every process ends while a request is carried out.

    Result<> choose(std::uint32_t pid, const Choices& choices) override {
        each_term(Note{.asked = asked, .pid = pid, .choices = choices});
        return carry_out([&] { apply(choices, owner(pid)); });
    }

    Choices ruled_terms(std::uint32_t /*pid*/) override { return ruled; }

    Result<Choices> reset(std::uint32_t pid) override {
        asked.push_back(fmt::format("reset {}", pid));
        const Choices back = back_to(ruled, owner(pid));
        const Result<> done = carry_out([&] { apply(back, owner(pid)); });
        return done ? Result<Choices>(back) : std::unexpected(done.error());
    }

    std::optional<std::uint32_t> only_uid(std::uint32_t pid) override {
        const auto found = std::ranges::find(snapshot.owners, pid, &Owner::pid);
        return found != snapshot.owners.end() ? std::optional(found->uid) : std::nullopt;
    }

    std::optional<std::uint32_t> only_uid_behind(int pidfd) override {
        const Result<std::uint32_t> pid = pid_behind(pidfd);
        return pid ? std::optional(::getuid()) : std::nullopt;
    }

    Result<> preempt(std::uint32_t pid, Duration longest) override {
        asked.push_back(fmt::format("preempt {} {}", pid, longest.count()));
        return carry_out([&] { owner(pid).held_until = snapshot.now + longest; });
    }

    Result<> resume(std::uint32_t pid) override {
        asked.push_back(fmt::format("resume {}", pid));
        return carry_out([&] { owner(pid).held_until.reset(); });
    }

    Result<> preempt_queue(const NamedQueue& queue, Duration longest) override {
        asked.push_back(fmt::format("preempt {} queue {} on {} for {}",
                                    queue.pid,
                                    queue.number,
                                    queue.gpu.value,
                                    longest.count()));
        return carry_out([] {});
    }

    Result<> resume_queue(const NamedQueue& queue) override {
        asked.push_back(
            fmt::format("resume {} queue {} on {}", queue.pid, queue.number, queue.gpu.value));
        return carry_out([] {});
    }

    Result<> set_policy(std::string_view name, const PolicySettings& settings) override {
        asked.push_back(fmt::format("policy {}", name));
        for (const PolicySetting* setting : settings_in(settings)) {
            asked.back() += fmt::format(" {}={}", setting->name, text_of(*setting, settings));
        }
        return carry_out([] {});
    }

    Result<std::vector<Explanation>> explain(OwnerId owner) override {
        asked.push_back(fmt::format("explain {}", owner.value));
        return failure ? Result<std::vector<Explanation>>(std::unexpected(*failure))
                       : penstock::explain(snapshot, decision, owner);
    }

    Result<> enable_preemption(bool enabled) override {
        asked.push_back(fmt::format("preemption {}", enabled));
        return carry_out([&] { snapshot.preemption_enabled = enabled; });
    }

    Result<> set_dry_run(bool dry) override {
        asked.push_back(fmt::format("dry run {}", dry));
        return carry_out([&] { snapshot.dry_run = dry; });
    }

    Result<> aim(std::uint32_t node, double target) override {
        asked.push_back(fmt::format("aim {} at {}", node, target));
        return carry_out([&] { snapshot.memory.at(node).throttle.target = target; });
    }

    Result<std::uint32_t> resume_all() override {
        asked.emplace_back("resume all");
        const Result<> done = carry_out([] {});
        return done ? Result<std::uint32_t>(3) : std::unexpected(done.error());
    }

    // Any descriptor is that of the first owner, unless there is a failure.
    Result<OwnerId> owner_behind(int /*pidfd*/) override {
        if (nobody_has_queues) {
            return fail(ESRCH, "find its queues");
        }
        return failure ? Result<OwnerId>(std::unexpected(*failure)) : snapshot.owners.at(0).id;
    }

    // Any descriptor is that of process 4242.
    Result<std::uint32_t> register_task(int /*pidfd*/, const TaskWish& task) override {
        asked.push_back(fmt::format("register {} {} {}",
                                    task.job,
                                    task.job_user,
                                    task.uid ? std::to_string(*task.uid) : "any"));
        each_term(Note{.asked = asked, .pid = 4242, .choices = task.terms});
        const Result<> done = carry_out([&] { apply(task.terms, owner(4242)); });
        return done ? Result<std::uint32_t>(4242) : std::unexpected(done.error());
    }

    // As that of process 4242, likewise; its page is an empty one.
    Result<SelfRegistration> register_self(int /*pidfd*/) override {
        if (registration_failure) {
            return std::unexpected(*registration_failure);
        }
        asked.emplace_back("register self");
        Result<Fd> page = owned(::memfd_create("page", MFD_CLOEXEC), "make a page");
        if (!page) {
            return std::unexpected(std::move(page).error());
        }
        return SelfRegistration{.pid = 4242, .page = *std::move(page)};
    }

    LagFigures tick_lag() override {
        return {.median = std::chrono::microseconds(10),
                .p99 = std::chrono::microseconds(200),
                .most = std::chrono::microseconds(3000)};
    }

    Result<ReloadReport> reload() override {
        asked.emplace_back("reload");
        const Result<> done = carry_out([] {});
        return done ? Result<ReloadReport>(report) : std::unexpected(done.error());
    }

    void publish() {
        if (publisher != nullptr) {
            publisher->publish(snapshot, {});
        }
    }

    void advance(Duration time) {
        snapshot.now += time;
        publish();
    }

  private:
    // A lambda in its place breaks clang 19.
    struct Note {
        std::vector<std::string>& asked;
        std::uint32_t pid;
        const Choices& choices;

        template <typename T>
        void operator()(const Term<T>& term) const {
            if (const auto& chosen = choices.*term.choice) {
                asked.push_back(fmt::format("{} {} {}", term.name, pid, shown(chosen->value)));
            }
        }
    };

    static std::string_view shown(ServiceClass service_class) { return name_of(service_class); }

    static std::int64_t shown(Duration span) { return span.count(); }

    static std::uint64_t shown(BytesPerSecond limit) { return limit.value; }

    static auto shown(std::integral auto value) { return value; }

    Owner& owner(std::uint32_t pid) {
        return *std::ranges::find(snapshot.owners, pid, &Owner::pid);
    }

    template <typename Change>
    Result<> carry_out(Change change) {
        if (failure) {
            return std::unexpected(*failure);
        }
        change();
        if (lose_processes_first) {
            snapshot.owners.clear();
            snapshot.queues.clear();
        }
        publish();
        return {};
    }
};

}  // namespace penstock::test
