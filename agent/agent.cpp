// SPDX-License-Identifier: Apache-2.0

#include "agent/agent.h"

#include <algorithm>

#include "agent/native_journal.h"
#include "agent/probes/real_machine.h"
#include "agent/probes/source_catalogue.h"
#include "base/clock.h"
#include "base/journal.h"
#include "policies/catalogue.h"

namespace penstock {
namespace {

constexpr Duration device_search_period = std::chrono::seconds(2);
constexpr Duration sampling_period = std::chrono::milliseconds(100);  // Of occupancy, for clients.

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

// Where the gate may not have a real-time priority: the next best thing.
constexpr int gate_nice = -10;

std::vector<std::string> gate_arguments(const Options& options, const config::Settings& settings) {
    std::vector<std::string> arguments = {"--kfd=" + options.kfd_path,
                                          "--nice=" + std::to_string(gate_nice),
                                          "--realtime=" + std::to_string(settings.gate_realtime)};
    if (!options.ledger.empty()) {
        arguments.push_back("--ledger=" + options.ledger);
    }
    if (!settings.vendor_ioctl.empty()) {
        arguments.push_back("--vendor-ioctl=" + settings.vendor_ioctl);
    }
    return arguments;
}

}  // namespace

Agent::Agent(const Options& options, EventLoop& events, DescriptorStore store)
    : options_(options),
      store_(std::move(store)),
      configuration_(configure(options)),
      kept_(options.kept_choices, proc_),
      tasks_(options.kept_choices.empty() ? "" : options.kept_choices + ".tasks", proc_),
      kept_leases_(options.kept_leases, store_),
      events_(events),
      sensing_({.kfd_path = options.kfd_path,
                .sysfs_root = options.sysfs_root,
                .sampling_period = settings().queue_sampling,
                .watch_pointers = settings().watch_pointers},
               *this),
      gate_({.program = options.gate_program,
             .arguments = gate_arguments(options, settings()),
             .socket = options.gate_socket},
            [this] {
                greeting_ = true;
                sensing_.tracker().repeat();
                greeting_ = false;
            }),
      desk_(gate_, trace_) {}

Agent::~Agent() {
    if (Result<std::uint32_t> resumed = gate_.resume_all(monotonic_now()); resumed) {
        journal(Severity::notice, "leaving; " + std::to_string(*resumed) + " queues resumed");
    }
    trace_.flush();
    recorder_.end("the agent left");
}

Result<std::unique_ptr<Agent>> Agent::start(const Options& options,
                                            EventLoop& events,
                                            DescriptorStore store) {
    std::unique_ptr<Agent> agent(new Agent(options, events, std::move(store)));
    if (Result<> opened = agent->open(); !opened) {
        return std::unexpected(std::move(opened).error());
    }
    return agent;
}

Result<> Agent::open_records() {
    if (!options_.trace_file.empty()) {
        Result<OutcomeTrace> trace = OutcomeTrace::open(options_.trace_file);
        if (!trace) {
            return std::unexpected(std::move(trace).error());
        }
        trace_ = std::move(*trace);
    }
    if (!options_.decisions_file.empty()) {
        Result<> opened =
            recorder_.open(options_.decisions_file, options_.decisions_mib * mebibyte);
        if (!opened) {
            return opened;
        }
        recorder_.limited(settings().limits());
        recorder_.followed(settings().policy, settings().policy_settings);
    }
    return {};
}

Result<> Agent::open() {
    report_configuration();
    Result<std::unique_ptr<Policy>> policy =
        make_policy(settings().policy, settings().policy_settings);
    if (!policy) {
        return std::unexpected(std::move(policy).error());
    }
    if (Result<> opened = open_records(); !opened) {
        return opened;
    }
    Result<std::unique_ptr<BusService>> bus =
        BusService::open(events_.get(), options_.bus, desk_, settings().limits());
    if (!bus) {
        return std::unexpected(std::move(bus).error());
    }
    bus_ = std::move(*bus);
    prepare_bus();
    loop_ = std::make_unique<ControlLoop>(
        ControlLoop::Parts{
            .probes = probes_, .actuator = gate_, .publisher = *bus_, .witness = &recorder_},
        std::move(*policy),
        settings().limits());
    desk_.serve(
        *loop_,
        {.replan = [this] { plan(); },
         .only_uid = [this](std::uint32_t pid) { return only_uid(pid); },
         .only_uid_behind = [this](int pidfd) { return only_uid_behind(pidfd); },
         .owner_behind = [this](int pidfd) { return owner_behind(pidfd); },
         .register_task = [this](int pidfd,
                                 const TaskWish& task) { return register_task(pidfd, task); },
         .register_self = [this](int pidfd) { return register_self(pidfd); },
         .let_go = [this] { enforcement_->let_go(monotonic_now()); },
         .tick_lag = [this] { return lag_.figures(); },
         .reload = [this] { return reload(); },
         .followed = [this](std::string_view name,
                            const PolicySettings& settings) { recorder_.followed(name, settings); },
         .keep = [this](std::uint32_t pid, const Choices& choices) { keep(pid, choices); },
         .ruled_terms = [this](std::uint32_t pid) { return ruled_terms(pid); },
         .forget = [this](std::uint32_t pid, const Choices& which) { forget(pid, which); }});

    Result<EventSource> timer = events_.on_time([this] { tick(); });
    if (!timer) {
        return std::unexpected(std::move(timer).error());
    }
    timer_ = std::move(*timer);
    open_door();
    make_board();
    prepare_enforcement();
    store_.drop_unknown();
    watch_tasks();
    watch_hints();
    measure({});
    if (settings().dry_run) {
        static_cast<void>(desk_.set_dry_run(true));  // There is no gate yet that could fail.
    }
    tick();
    journal(Severity::notice, "serving " + options_.bus, events::agent_started);
    return {};
}

void Agent::tick() {
    const TimePoint now = monotonic_now();
    if (next_tick_ != TimePoint{}) {
        lag_.note(now - next_tick_);
    }
    bury_the_dead();
    if (door_) {
        door_->serve(now);
    }
    look_for_device(now);
    look_after_gate(now);
    if (device_found_) {
        sensing_.scan_if_due(now);
    }
    reconsider_one(now);
    if (now >= samples_due_ && gate_.running() && !sensing_.tracker().empty()) {
        samples_due_ = now + sampling_period;
        static_cast<void>(gate_.send(wire::TakeSamples{}));  // A lost gate is noticed elsewhere.
    }
    plan();
    watchdog_.feed(now);
    // From the time that was due, not from now: the period must not grow by the work done in it.
    // But where a tick takes its whole period, clients and the gate are heard in between all the
    // same.
    const Duration period = round_period();
    next_tick_ = std::max(next_tick_ + period, monotonic_now() + period / 4);
    timer_.arm(next_tick_);
}

void Agent::plan() {
    // A request that waited for the gate has read its reports, and nothing else may follow them.
    take_gate_news();
    bus_->publishes_again_within(round_period());
    loop_->tick(monotonic_now());
    throttle_lines_.note(loop_->state().snapshot());
    enforce();
    if (crowd_trouble_.empty() && loop_->state().snapshot().ignored > 0) {
        crowd_trouble_ = "processes or queues were left out because there are too many (at most " +
                         std::to_string(most_owners) + " and " + std::to_string(most_queues) +
                         "); they run as if Penstock were not there";
        journal(Severity::warning, crowd_trouble_);
        publish_reasons();
    }
}

void Agent::soon() {
    const TimePoint now = monotonic_now();
    // Arming a timer that is due takes it from the loop's list: a descriptor that stays readable
    // until the tick would put the tick off for ever.
    if (next_tick_ > now) {
        next_tick_ = now;
        timer_.arm(now);
    }
}

void Agent::look_for_device(TimePoint now) {
    if (device_found_ || now < device_due_) {
        return;
    }
    device_due_ = now + device_search_period;
    Result<DeviceSurvey> survey = survey_devices(options_.kfd_path, Tree(options_.sysfs_root));
    if (!survey) {
        const std::string trouble = survey.error().message();
        if (trouble != device_trouble_) {
            journal(Severity::warning, trouble);
            device_trouble_ = trouble;
            publish_reasons();
        }
        return;
    }
    device_found_ = true;
    device_trouble_.clear();
    sensing_.open();
    std::vector<std::string> features = {"kfd-debug"};
    if (sensing_.watches_pointers()) {
        features.emplace_back("bpf-occupancy");
    }
    if (survey->around.emulated) {
        features.emplace_back("emulated");
    }
    bus_->set_features(std::move(features));
    if (!survey->around.emulated) {
        if (Result<UnmapCost> cost = UnmapCost::open({})) {
            probes_.measure_unmaps(std::move(*cost));
        } else {
            journal(Severity::info,
                    "what a suspension costs is taken from the ioctl: " + cost.error().message());
        }
    }
    probes_.set_devices(std::move(survey->devices));
    measure(std::move(survey->around));
    gate_.use(sensing_.pointer_source());
    if (sensing_.events_fd() >= 0) {
        Result<EventSource> source = events_.on_readable(sensing_.events_fd(), [this] {
            sensing_.take_events();
            soon();
        });
        if (source) {
            queue_events_ = std::move(*source);
        }
    }
    for (const std::string& reason : sensing_.reasons()) {
        journal(Severity::warning, reason);
    }
    publish_reasons();
}

// Bandwidth is measured without devices too; when they come, everything is opened anew.
void Agent::measure(Surroundings around) {
    std::vector<NumberedSource> sources = make_sources({.pcm = settings().pcm,
                                                        .resctrl_groups = settings().resctrl_groups,
                                                        .calibration_file = options_.calibration,
                                                        .configured_peak = settings().dram_peak,
                                                        .period = settings().tick},
                                                       around);
    auto machine = std::make_shared<RealMachine>(RealMachine::Roots{.sys = options_.sysfs_root});
    auto set = std::make_unique<SourceSet>(
        SourceSet::Parts{
            .machine = std::move(machine), .around = std::move(around), .clock = &monotonic_now},
        std::move(sources));
    source_trouble_ = set->trouble();
    probes_.measure_with(std::move(set));
}

void Agent::look_after_gate(TimePoint now) {
    if (!sensing_.tracker().empty()) {
        gate_.look_after(now);
    }
    if (gate_known_ && !gate_.running()) {
        // Its last reports may have been read while a request waited for it. The kernel has resumed
        // everybody since: they tell what was done, and nothing of what is.
        for (const wire::FromGate& news : gate_.take_news()) {
            hear(news);
        }
        gate_known_ = false;
        gate_events_ = {};
        probes_.forget_gate_news();
        loop_->state().forget_suspensions(now);
        gate_trouble_ = "the gate has ended and is started again";
        publish_reasons();
    }
    if (device_found_ && !gate_.running() && now >= gate_.restart_at()) {
        start_gate(now);
    }
}

void Agent::start_gate(TimePoint now) {
    std::string trouble;
    if (Result<> started = gate_.start(now); !started) {
        trouble = started.error().message();
    } else if (Result<EventSource> source =
                   events_.on_readable(gate_.fd(), [this] { hear_gate(); });
               source) {
        gate_events_ = std::move(*source);
        gate_known_ = true;
    }
    if (trouble != gate_trouble_) {
        gate_trouble_ = trouble;
        publish_reasons();
    }
}

void Agent::hear_gate() {
    const bool alive = gate_.receive(monotonic_now());
    take_gate_news();
    if (!alive) {
        soon();  // The loss is dealt with there: this registration must not end itself.
    }
}

void Agent::take_gate_news() {
    for (wire::FromGate& news : gate_.take_news()) {
        hear(news);
        probes_.note(std::move(news));
    }
}

void Agent::hear(const wire::FromGate& news) {
    if (const auto* acted = std::get_if<wire::Acted>(&news)) {
        const QueueTracker& tracker = sensing_.tracker();
        trace_.acted(*acted, tracker.pid_of(acted->owner), tracker.pid_of(acted->cause));
        recorder_.acted(*acted);
        bus_->acted(*acted);
    } else if (const auto* found = std::get_if<wire::FoundQueue>(&news)) {
        sensing_.tracker().found(found->queue);
        soon();
    } else if (const auto* ready = std::get_if<wire::Ready>(&news)) {
        gate_trouble_ = ready->trouble;
        publish_reasons();
    } else if (const auto* adopted = std::get_if<wire::Adopted>(&news)) {
        if (sensing_.tracker().pid_of(adopted->owner) != 0) {
            executes(adopted->owner, adopted->program);
        }
        if (adopted->level > PreemptionLevel::debug_suspend) {
            refused_.insert(adopted->owner);
            sensing_.scan_soon();  // A program that became another one has lost its queues.
        } else {
            refused_.erase(adopted->owner);
        }
        soon();  // Whoever can be suspended now belongs into the next order.
    }
}

void Agent::bury_the_dead() {
    for (const OwnerId owner : std::exchange(dead_, {})) {
        sensing_.tracker().died(owner);
    }
}

void Agent::publish_reasons() {
    std::vector<std::string> reasons = sensing_.reasons();
    for (const std::string& trouble : {config_trouble_,
                                       door_trouble_,
                                       device_trouble_,
                                       gate_trouble_,
                                       crowd_trouble_,
                                       source_trouble_,
                                       enforcement_trouble_}) {
        if (!trouble.empty()) {
            reasons.push_back(trouble);
        }
    }
    if (reasons.empty() != well_) {
        well_ = reasons.empty();
        journal(Severity::notice,
                well_ ? "nothing is missing any more" : "degraded: " + reasons.front(),
                well_ ? events::agent_recovered : events::agent_degraded);
    }
    bus_->degraded(std::move(reasons));
}

}  // namespace penstock
