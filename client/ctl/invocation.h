// SPDX-License-Identifier: Apache-2.0
//
// Invocation: one penstockctl command line, understood.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/units.h"
#include "client/ctl/failure.h"
#include "client/ctl/queue_choice.h"
#include "client/ctl/term_words.h"
#include "policies/policy_settings.h"

namespace penstock::ctl {

struct Status {};

struct List {
    bool json = false;
};

struct SetTerms {
    std::uint32_t pid = 0;
    ProcessTerms terms{};
};

// As a task of a job.
struct Register {
    std::uint32_t pid = 0;
    std::string job{};
    std::string user{};  // "" when not said.
    ProcessTerms terms{};
};

struct Reset {
    std::uint32_t pid = 0;
};

struct Preempt {
    std::uint32_t pid = 0;
    std::optional<QueueChoice> queue{};  // All of the process without one.
    Duration longest{std::chrono::milliseconds(200)};
};

struct Resume {
    std::optional<std::uint32_t> pid{};  // Everybody without one.
    std::optional<QueueChoice> queue{};  // Of the process; its own preemption without one.
};

struct Reload {};

struct Tail {
    Duration interval{std::chrono::seconds(1)};
    std::optional<std::uint64_t> count{};  // Lines; without end when absent.
    bool json = false;
};

struct History {
    std::string series{};  // Empty: only which there are.
    bool all = false;      // Of all series, as the agent writes it.
    Duration since{std::chrono::minutes(1)};
    Duration step{std::chrono::seconds(1)};
    bool json = false;
};

struct Trace {
    std::string file{};                // "-" is standard output.
    std::optional<Duration> length{};  // Until a signal when absent.
};

struct Dump {};

struct Doctor {
    std::string root = "/";  // Or a folder that holds the files of another machine.
    bool json = false;
};

struct Record {
    std::string file{};                  // "-" is standard output.
    std::optional<Duration> duration{};  // Until a signal when absent.
    Duration interval{std::chrono::milliseconds(100)};
    std::string root = "/";
};

struct Decode {
    std::string kind{};
    std::string file{};
    bool json = false;
};

struct Calibrate {
    Duration length{std::chrono::seconds(10)};
    std::string output{};  // Empty: only shown, not stored.
    bool json = false;
};

struct ConfigCheck {
    std::string root = "/";
};

struct ConfigShow {
    std::string root = "/";
    bool json = false;
};

struct PolicyList {
    bool json = false;
};

struct PolicyShow {
    bool json = false;
};

struct PolicySet {
    std::string name{};
    PolicySettings settings{};
};

struct PolicyExplain {
    std::uint32_t pid = 0;
    std::optional<std::uint32_t> queue{};   // All without one.
    std::optional<std::uint32_t> gpu_id{};  // On all devices without one.
    bool json = false;
};

struct LeaseAcquire {
    std::string resource{};
    std::string target = "/";  // The only one there is.
    std::uint64_t rate = 0;    // Bytes per second, as the next one.
    std::optional<std::uint64_t> least{};
    Duration wait{};
    bool exclusive = false;
    bool insist = false;        // On being exclusive.
    std::string lease_class{};  // What follows from the process' class when empty.
    std::string why{};
    std::vector<std::string> command{};  // Never empty.
};

struct LeaseList {
    bool json = false;
};

using Verb = std::variant<Status,
                          List,
                          SetTerms,
                          Register,
                          Reset,
                          Preempt,
                          Resume,
                          Reload,
                          Tail,
                          History,
                          Trace,
                          Dump,
                          Doctor,
                          Record,
                          Decode,
                          Calibrate,
                          ConfigCheck,
                          ConfigShow,
                          PolicyList,
                          PolicyShow,
                          PolicySet,
                          PolicyExplain,
                          LeaseAcquire,
                          LeaseList>;

struct Invocation {
    std::string bus = "system";
    Verb verb{};
};

// Text that answers the command line by itself: help and version.
struct Answered {
    std::string text{};
};

// `arguments` are those behind the program's name; `bus` is the bus unless --bus names another.
Outcome<std::variant<Invocation, Answered>> parse(std::vector<std::string> arguments,
                                                  std::string bus);

}  // namespace penstock::ctl
