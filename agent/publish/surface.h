// SPDX-License-Identifier: Apache-2.0
//
// Surface: everything clients can see, as one struct per D-Bus object.
//
// It is a copy of the last snapshot, because the snapshot lives only until the loop's next tick
// while a client may ask at any time. Each object keeps what it last announced beside what is true
// now.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/loop/ports.h"
#include "agent/publish/board_page.h"
#include "agent/publish/board_readers.h"
#include "agent/publish/kept_history.h"
#include "agent/publish/lease_object.h"
#include "agent/publish/log_object.h"
#include "agent/publish/refusal.h"
#include "agent/publish/request_quota.h"
#include "policies/guard.h"
#include "policies/policy_settings.h"
#include "policies/snapshot.h"
#include "policies/terms.h"

namespace penstock::dbus {

class HistoryStreams;
class LeaseDesk;
class MetricStreams;
class Senders;
class Subscriptions;
class TraceStream;
struct Surface;

enum class ProcessState : std::uint8_t { running, preempted, gone };

// Announced values of members that change with every suspension are held back for so long after an
// announcement: clients get the last value, not every value.
inline constexpr Duration process_quiet_time{std::chrono::milliseconds(100)};
inline constexpr Duration count_quiet_time{std::chrono::seconds(1)};

// What a user is handed of the state as text is the agent's memory for as long as he keeps it.
inline constexpr Duration dumps_apart{std::chrono::seconds(10)};
inline constexpr std::uint32_t dumps_at_once = 8;

// Of hint pages likewise, and a process needs one.
inline constexpr Duration registrations_apart{std::chrono::seconds(1)};
inline constexpr std::uint32_t registrations_at_once = 64;

struct ProcessObject {
    // What PropertiesChanged last said.
    struct Announced {
        Choices terms{};  // All of them.
        PreemptionLevel level = PreemptionLevel::none;
        std::string level_reason{};
        std::string command{};
        ProcessOrigin origin{};
        ProcessState state = ProcessState::running;
        std::uint32_t queues = 0;
        TimePoint quiet_until{};
    };

    Surface& surface;
    Owner owner{};
    std::vector<Queue> queues{};  // Only this owner's, sorted by key.
    bool gone = false;
    Announced announced{};
};

struct GpuObject {
    struct Announced {
        std::uint32_t queues = 0;
        TimePoint quiet_until{};
    };

    Surface& surface;
    Device device{};
    std::uint32_t queues = 0;
    bool gone = false;
    Announced announced{};
};

struct MemoryObject {
    struct Announced {
        std::uint64_t peak = 0;
        std::string peak_source{};
        std::vector<std::string> sources{};
        ThrottleLevel level = ThrottleLevel::none;
        double target = Throttle::usual_target;
        std::uint64_t leased = 0;
        TimePoint quiet_until{};
    };

    Surface& surface;
    MemoryNode node{};
    bool gone = false;
    Announced announced{};
};

struct PackageObject {
    Surface& surface;
    Package package{};
    bool gone = false;
};

struct ManagerObject {
    struct Announced {
        std::string policy{};
        PolicySettings policy_settings{};
        bool preemption_enabled = true;
        bool dry_run = false;
        std::string state{};
        std::vector<std::string> degraded_reasons{};
        std::vector<std::string> features{};
        TimePoint config_read{};
        std::string last_reload_error{};
        std::uint32_t processes = 0;
        std::uint32_t queues = 0;
        std::uint32_t queues_suspended = 0;
        std::uint32_t leases = 0;
        std::vector<SourceState> sources{};
        ThrottleLevel throttle = ThrottleLevel::none;
        std::uint64_t board = 0;
        TimePoint quiet_until{};
    };

    Surface& surface;
    std::string policy{};
    PolicySettings policy_settings{};  // All that the policy takes, as it goes by them.
    bool preemption_enabled = true;
    bool dry_run = false;
    std::vector<std::string> features{};
    std::vector<std::string> degraded_reasons{};
    TimePoint config_read{};  // The configuration that holds; when the agent started, at first.
    std::string last_reload_error{};
    std::uint32_t queues = 0;
    std::uint32_t queues_suspended = 0;
    std::vector<SourceState> sources{};
    ThrottleLevel throttle = ThrottleLevel::none;  // The highest of all memory nodes.
    Announced announced{};
};

struct Surface {
    Surface(Requests& behind, Guard::Limits guard_limits, std::uint32_t uid)
        : requests(behind), limits(guard_limits), agent_uid(uid) {}

    // The objects refer back to it.
    Surface(const Surface&) = delete;
    Surface& operator=(const Surface&) = delete;
    Surface(Surface&&) = delete;
    Surface& operator=(Surface&&) = delete;
    ~Surface() = default;

    Requests& requests;
    Guard::Limits limits;
    std::uint32_t agent_uid;
    // Whether a user may do here what root may: the members of AdminGroup=.
    std::function<bool(std::uint32_t uid)> is_admin = [](std::uint32_t /*uid*/) { return false; };
    // Of the call that is being carried out: who was let pass.
    std::optional<std::uint32_t> sender_uid{};

    // Root, or the user that the agent runs as: trusted with everything, and not counted.
    [[nodiscard]] bool is_own(std::uint32_t uid) const { return uid == 0 || uid == agent_uid; }

    // Refused where no filter has looked at the message: nothing may be done in nobody's name.
    [[nodiscard]] Answer<std::uint32_t> sender() const {
        if (!sender_uid) {
            return refuse(error::access_denied, "nobody has looked at who sent the request");
        }
        return *sender_uid;
    }

    TimePoint now{};  // Of the last snapshot.
    ManagerObject manager{.surface = *this};
    LogObject log{};
    KeptHistory history{};
    RequestQuota dumps{dumps_apart, dumps_at_once};
    RequestQuota registrations{registrations_apart, registrations_at_once};
    std::optional<BoardPage> board{};  // None where it could not be made.
    BoardReaders board_readers{};
    MetricStreams* streams = nullptr;  // There before the first message, as the next five.
    Subscriptions* subscriptions = nullptr;
    HistoryStreams* histories = nullptr;
    TraceStream* trace = nullptr;
    Senders* senders = nullptr;
    LeaseDesk* leases = nullptr;
    // The actions about which polkit is being asked.
    std::function<std::vector<std::string>()> waiting_checks = [] {
        return std::vector<std::string>();
    };
    // By pid, gpu_id, node and package number; pointers, because sd-bus holds on to an object
    // during a call.
    std::map<std::uint32_t, std::unique_ptr<ProcessObject>> processes{};
    std::map<std::uint32_t, std::unique_ptr<GpuObject>> gpus{};
    std::map<std::uint32_t, std::unique_ptr<MemoryObject>> memory{};
    std::map<std::uint32_t, std::unique_ptr<PackageObject>> packages{};
    std::map<std::uint32_t, std::unique_ptr<LeaseObject>> lease_objects{};  // By lease number.
    // Of what a pool gives out, what one user may have without anybody's consent.
    double lease_user_share = 0.5;
    // Lines for people: who is held back on the processors, and how.
    std::vector<std::string> cpu_limits{};
};

}  // namespace penstock::dbus
