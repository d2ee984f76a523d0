// SPDX-License-Identifier: Apache-2.0
//
// AgentClient: the agent as penstockctl sees it. Each member is one exchange over the bus.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/fd.h"
#include "base/units.h"
#include "client/ctl/failure.h"
#include "client/ctl/invocation.h"
#include "client/ctl/queue_choice.h"
#include "client/ctl/term_words.h"
#include "client/ctl/world.h"
#include "policies/policy_settings.h"

namespace penstock::ctl {

// As long as any copy of the descriptor is open. It stays open in programs that this one becomes.
struct HeldLease {
    Fd descriptor{};
    std::string path{};
    std::uint64_t granted = 0;  // Bytes per second.
};

class AgentClient {
  public:
    // `address` is "system", "session" or a D-Bus address.
    static Outcome<AgentClient> connect(const std::string& address);

    Outcome<World> look();
    // All of them or none.
    Outcome<> set_terms(std::uint32_t pid, const ProcessTerms& terms);

    struct TaskOfJob {
        std::string job{};
        std::string user{};  // "" when not said.
        ProcessTerms terms{};
    };

    // The process behind a pidfd.
    Outcome<> register_task(const Fd& pidfd, const TaskOfJob& task);

    // Rules and defaults hold again.
    Outcome<> reset_terms(std::uint32_t pid);
    Outcome<> preempt(std::uint32_t pid, Duration longest);
    Outcome<> resume(std::uint32_t pid);
    Outcome<> preempt_queue(std::uint32_t pid, const QueueChoice& queue, Duration longest);
    Outcome<> resume_queue(std::uint32_t pid, const QueueChoice& queue);

    Outcome<> set_policy(const std::string& name, const PolicySettings& settings);

    // Manager.ExplainProcess' rows.
    Outcome<nlohmann::json> explain(std::uint32_t pid,
                                    std::optional<std::uint32_t> queue,
                                    std::optional<std::uint32_t> gpu_id);

    // Waits as long as the wish says.
    Outcome<HeldLease> acquire_lease(const LeaseAcquire& wish);

    // An object for each lease, with the names of its properties on the bus, and "Path".
    Outcome<nlohmann::json> leases();

    // How many queues it reached.
    Outcome<std::uint32_t> resume_all();

    // Manager.Reload's report.
    Outcome<nlohmann::json> reload();

    // Manager.DumpState's file.
    Outcome<Fd> dump();

    // Into the socket; the number of the trace.
    Outcome<std::uint64_t> start_trace(const Fd& socket);
    Outcome<> stop_trace(std::uint64_t trace);

    // Of the Manager.
    Outcome<nlohmann::json> property(const char* name);

    // Manager.GetHistory's points, from then until now.
    Outcome<nlohmann::json> history(const std::string& series, TimePoint from, Duration step);

    // Manager.OpenHistory's stream.
    Outcome<Fd> open_history(TimePoint from, Duration step);

  private:
    struct CloseBus {
        void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
    };

    struct DropMessage {
        void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
    };

    using Message = std::unique_ptr<sd_bus_message, DropMessage>;

    struct Member {
        std::string path;
        const char* interface;
        const char* name;
    };

    struct QueuePlace {
        std::string path;  // Of its process.
        std::uint32_t gpu_id = 0;
    };

    explicit AgentClient(sd_bus* bus) : bus_(bus) {}

    template <typename... Args>
    Outcome<Message> call(const Member& member, const char* signature, Args... arguments);
    // `wait` is how long the agent may take on purpose.
    Outcome<Message> send(sd_bus_message* message, Duration wait = {});

    // The descriptor that a member answered with, as our own.
    static Outcome<Fd> descriptor_in(const Message& answer, const char* member);

    // A call of the Manager's, still without arguments.
    Message begin(const char* member);
    Outcome<std::string> path_of(std::uint32_t pid);

    // The agent is asked which device a queue is on, where that was not said.
    Outcome<QueuePlace> place_of(std::uint32_t pid, const QueueChoice& queue);

    std::unique_ptr<sd_bus, CloseBus> bus_;
};

// Whether an error means that nobody answers, rather than that the answer is no.
[[nodiscard]] bool means_unreachable(const sd_bus_error& error, int code);

}  // namespace penstock::ctl
