// SPDX-License-Identifier: Apache-2.0
//
// Ports: the doors between the pure part and the machine. The agent puts the kernel, the gate and
// the bus behind them, the simulator a model, a test a fake.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/state/named_queue.h"
#include "agent/state/readings.h"
#include "base/fd.h"
#include "base/result.h"
#include "policies/decision.h"
#include "policies/explanation.h"
#include "policies/policy_fault.h"
#include "policies/policy_settings.h"
#include "policies/snapshot.h"
#include "policies/terms.h"

namespace penstock {

class Probes {
  public:
    virtual ~Probes() = default;

    // Everything seen since the last call. A source that failed is absent from the readings.
    // They stay valid until the next call.
    virtual const Readings& read(TimePoint now) = 0;
};

// What became of a decision.
struct Outcome {
    std::uint32_t orders_sent = 0;   // Orders that differ from the standing ones.
    std::optional<Error> failure{};  // The gate could not be reached; it resumes everything itself.
    std::optional<PolicyFault> fault{};  // What the guard had to undo; the loop's own word.
};

class Actuator {
  public:
    virtual ~Actuator() = default;
    virtual Outcome apply(const Decision& decision) = 0;
};

class Publisher {
  public:
    virtual ~Publisher() = default;

    // Told what was seen and what was done, never what was wished.
    virtual void publish(const Snapshot& seen, const Outcome& done) = 0;
};

// Told of everything that decisions follow from, and of what became of it, so that the same can be
// decided again elsewhere.
class Witness {
  public:
    virtual ~Witness() = default;

    // What the policy saw, and what the guard left of its decision.
    virtual void witness(const Snapshot& seen, const Decision& decided) = 0;
};

// How late rounds of the loop began.
struct LagFigures {
    Duration median{};
    Duration p99{};
    Duration most{};
};

// What came of reading the configuration again.
struct ReloadReport {
    std::vector<std::string> files{};  // That were read, in order.
    std::uint32_t rules = 0;
    std::vector<std::string> warnings{};       // "FILE:LINE: sentence".
    std::vector<std::string> needs_restart{};  // Keys that changed, and hold from the next start.
};

// What whoever starts jobs says of one of their processes.
struct TaskWish {
    Choices terms{};  // By the job, whose name is the source.
    std::string job{};
    std::string job_user{};              // For the journal; "" is unknown.
    std::optional<std::uint32_t> uid{};  // The process has to belong to this user, and to no other.
};

// A process that has registered itself.
struct SelfRegistration {
    std::uint32_t pid = 0;
    Fd page{};  // Its hint page, for it to write.
};

// What clients may ask of the loop. Every request is answered with its effect: on success the
// snapshot already shows it and the standing orders are on their way.
class Requests {
  public:
    virtual ~Requests() = default;

    // All of them or, when one is out of range, none.
    virtual Result<> choose(std::uint32_t pid, const Choices& choices) = 0;

    // What rules and defaults say of all the terms of a process, whatever clients have set.
    virtual Choices ruled_terms(std::uint32_t pid) = 0;

    // Those that clients have set become what ruled_terms() says, as back_to() has it.
    // What they became is returned.
    virtual Result<Choices> reset(std::uint32_t pid) = 0;

    // The user whom the process belongs to by now: nothing when it runs with the rights of several,
    // or has ended.
    virtual std::optional<std::uint32_t> only_uid(std::uint32_t pid) = 0;

    // The same of the process behind a descriptor, whether it has queues or not.
    virtual std::optional<std::uint32_t> only_uid_behind(int pidfd) = 0;

    // Suspends the process until `longest` has passed or resume() is called.
    virtual Result<> preempt(std::uint32_t pid, Duration longest) = 0;
    virtual Result<> resume(std::uint32_t pid) = 0;

    // The same of one queue, while the process' others run on.
    virtual Result<> preempt_queue(const NamedQueue& queue, Duration longest) = 0;
    virtual Result<> resume_queue(const NamedQueue& queue) = 0;
    virtual Result<> set_policy(std::string_view name, const PolicySettings& settings) = 0;

    // Why the queues of the owner run or wait; none when there is no such owner any more.
    virtual Result<std::vector<Explanation>> explain(OwnerId owner) = 0;

    // False resumes everybody before it returns.
    virtual Result<> enable_preemption(bool enabled) = 0;

    // True resumes everybody before it returns: from then on decisions are made, and not carried
    // out.
    virtual Result<> set_dry_run(bool dry) = 0;

    // Where the first throttle level of a memory node begins, as a share of its peak.
    virtual Result<> aim(std::uint32_t node, double target) = 0;

    // Resumes everybody now, ends every operator's hold, and returns how many queues that reached.
    virtual Result<std::uint32_t> resume_all() = 0;

    // Who has queues and is the process behind a descriptor that a client has handed in.
    virtual Result<OwnerId> owner_behind(int pidfd) = 0;

    // From now on, or from its first queue on, the process behind the descriptor runs on these
    // terms, as far as no client sets others; tells its pid. ESRCH when it has ended, EPERM when it
    // is another user's, EDQUOT when there are too many.
    virtual Result<std::uint32_t> register_task(int pidfd, const TaskWish& task) = 0;

    // Gives the process behind the descriptor its hint page. ESRCH when it has ended, EDQUOT when
    // there are too many.
    virtual Result<SelfRegistration> register_self(int pidfd) = 0;

    // Of the last thousand rounds or so.
    virtual LagFigures tick_lag() = 0;

    // Reads the configuration again. Fails when it has an error, named by file and line; then the
    // former one goes on.
    virtual Result<ReloadReport> reload() = 0;
};

}  // namespace penstock
