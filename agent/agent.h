// SPDX-License-Identifier: Apache-2.0
//
// Agent: connects the parts and gives each its turn; nothing is decided here.

#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/client_door.h"
#include "agent/cpu_enforcement.h"
#include "agent/decision_recorder.h"
#include "agent/descriptor_store.h"
#include "agent/device_survey.h"
#include "agent/event_loop.h"
#include "agent/kept_choices.h"
#include "agent/kept_leases.h"
#include "agent/machine_probes.h"
#include "agent/options.h"
#include "agent/publish/bus_service.h"
#include "agent/request_desk.h"
#include "agent/sensing.h"
#include "agent/task_register.h"
#include "agent/throttle_lines.h"
#include "agent/tick_lag.h"
#include "agent/watchdog.h"

namespace penstock {

class Agent final : private QueueListener {
  public:
    // Fails when there is nobody to serve: no bus, the name is taken, an option makes no sense.
    // A missing device, gate or permission is no failure: the agent says what is missing.
    static Result<std::unique_ptr<Agent>> start(const Options& options,
                                                EventLoop& events,
                                                DescriptorStore store);

    // Resumes everybody before the parts are taken down.
    ~Agent() override;

    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

  private:
    Agent(const Options& options, EventLoop& events, DescriptorStore store);

    Result<> open();
    Result<> open_records();
    void limit_leases();
    void prepare_bus();
    void take_over_leases();
    void report_configuration();
    Result<ReloadReport> reload();
    void hold_to_settings(const config::Settings& former);
    void grant_anew();
    void grant_anew(OwnerId owner);
    [[nodiscard]] config::Identity identity_of(OwnerId owner, std::uint32_t pid) const;
    void executes(OwnerId owner, const std::string& program);
    void reconsider_one(TimePoint now);
    [[nodiscard]] Result<OwnerId> owner_behind(int pidfd) const;
    [[nodiscard]] std::optional<std::uint32_t> only_uid(std::uint32_t pid) const;
    [[nodiscard]] std::optional<std::uint32_t> only_uid_behind(int pidfd) const;
    void make_board();
    void prepare_enforcement();
    void enforce();
    [[nodiscard]] std::vector<std::string> units_with_critical_leases() const;
    [[nodiscard]] Duration round_period() const;
    void tick();
    void plan();  // One tick of the control loop.
    void look_for_device(TimePoint now);
    void measure(Surroundings around);
    void look_after_gate(TimePoint now);
    void start_gate(TimePoint now);
    void hear_gate();
    void take_gate_news();
    void hear(const wire::FromGate& news);
    void bury_the_dead();
    bool may_evict(OwnerId owner);
    void adopt(OwnerId owner);
    void settle_terms(Owner& owner);
    void keep(std::uint32_t pid, const Choices& choices);
    void forget(std::uint32_t pid, const Choices& choices);
    [[nodiscard]] Choices ruled_terms(std::uint32_t pid) const;
    void watch_tasks();
    Result<std::uint32_t> register_task(int pidfd, const TaskWish& wish);
    void hold_to_task(OwnerId owner);
    void watch_hints();
    Result<SelfRegistration> register_self(int pidfd);
    [[nodiscard]] OwnerId owner_that_is(const Incarnation& process) const;
    [[nodiscard]] ProcessOrigin origin_told(OwnerId owner, const config::Identity& identity) const;
    void open_door();
    void offer_cooperation(OwnerId owner);
    void publish_reasons();
    void soon();

    void owner_appeared(const Owner& owner, int pidfd) override;
    void owner_vanished(OwnerId owner) override;
    void queue_appeared(const wire::QueueAt& queue) override;
    void queue_vanished(QueueKey queue) override;

    [[nodiscard]] const config::Settings& settings() const { return configuration_.settings; }

    Options options_;
    DescriptorStore store_;
    Tree proc_{"/proc"};
    config::Configuration configuration_;
    KeptChoices kept_;
    TaskRegister tasks_;
    KeptLeases kept_leases_;
    EventLoop& events_;
    OutcomeTrace trace_{};
    DecisionRecorder recorder_{};
    MachineProbes probes_;
    Sensing sensing_;
    HintPages hints_{[this](const Incarnation& process) { return owner_that_is(process); }};
    GateClient gate_;
    RequestDesk desk_;
    std::unique_ptr<BusService> bus_{};
    std::unique_ptr<ControlLoop> loop_{};
    std::unique_ptr<CpuEnforcement> enforcement_{};
    std::optional<ClientDoor> door_{};  // None: nobody can cooperate.
    EventSource timer_{};
    EventSource door_events_{};
    EventSource queue_events_{};
    EventSource task_deaths_{};
    EventSource hint_deaths_{};
    EventSource gate_events_{};
    std::map<OwnerId, config::Grant> grants_{};  // By the rules.
    std::map<OwnerId, std::string> programs_{};  // As the gate tells them.
    std::map<OwnerId, EventSource> deaths_{};
    std::set<OwnerId> dead_{};     // Told by their pidfds, buried at the next tick.
    std::set<OwnerId> refused_{};  // The gate found no good rung for them when it last tried.
    bool device_found_ = false;
    bool gate_known_ = false;  // Its loss has not been dealt with yet.
    bool well_ = true;         // Nothing is missing.
    bool greeting_ = false;    // The tracker repeats for a new gate what the loop knows already.
    std::string config_trouble_{};
    std::string door_trouble_{};
    std::string crowd_trouble_{};
    std::string device_trouble_{};
    std::string gate_trouble_{};
    std::string source_trouble_{};
    std::string enforcement_trouble_{};
    TimePoint device_due_{};
    OwnerId reconsidered_{};  // Whose grant was looked at last.
    TimePoint reconsider_due_{};
    TimePoint samples_due_{};
    TimePoint next_tick_{};
    Watchdog watchdog_{};
    TickLag lag_{};
    ThrottleLines throttle_lines_{};
};

// Where limits of processor time are set, and undone.
[[nodiscard]] CpuEnforcement::Places cpu_places(const Options& options);

}  // namespace penstock
