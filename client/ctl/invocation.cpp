// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/invocation.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "agent/probes/calibration/calibration_file.h"
#include "base/text.h"
#include "client/ctl/argument_values.h"
#include "client/ctl/duration.h"
#include "client/ctl/lease_words.h"
#include "client/ctl/policy_words.h"
#include "client/ctl/task_words.h"
#include "client/ctl/trace_words.h"

namespace penstock::ctl {
namespace {

// What CLI11 writes into, before it is known which verb was meant.
struct Words {
    std::string pid{};
    std::vector<std::string> assignments{};
    std::vector<std::string> queue{};
    std::string hold = "200ms";
    std::string interval = "1s";
    std::string tick = "100ms";
    std::string duration{};
    std::string series{};
    std::string since = "1min";
    std::string step = "1s";
    std::string root = "/";
    std::string file{};
    std::string kind{};
    std::string calibration = calibration::default_calibration_file;
    std::uint64_t count = 0;
    std::uint32_t seconds = 10;
    bool json = false;
    bool all = false;
    bool dry_run = false;
};

void add_history(CLI::App& app, Words& words) {
    CLI::App* history = app.add_subcommand(
        "history", "Print what a figure was like in the last hour, or which figures are kept");
    CLI::Option* series =
        history->add_option("SERIES", words.series, "As memory/0/read; all names without it");
    history->add_flag("--all", words.all, "Print all figures, a JSON object per line")
        ->excludes(series);
    history->add_option("--since", words.since, "How far back, as 10min")->capture_default_str();
    history->add_option("--step", words.step, "What a line stands for, in whole seconds")
        ->capture_default_str();
    history->add_flag("--json", words.json, "Print a JSON object, in SI base units");
}

void add_calibrate(CLI::App& app, Words& words) {
    // Shorter ones measure noise, longer ones keep others waiting.
    constexpr std::uint32_t shortest = 2;
    constexpr std::uint32_t longest = 300;
    CLI::App* calibrate = app.add_subcommand(
        "calibrate",
        "Measure the memory's peak, and whether a canary could tell its pressure; "
        "all cores are busy meanwhile");
    calibrate->add_option("--seconds", words.seconds, "How long it may take, about")
        ->check(CLI::Range(shortest, longest))
        ->capture_default_str();
    calibrate->add_option("--output", words.calibration, "Where the agent will look for it")
        ->capture_default_str();
    calibrate->add_flag("--dry-run", words.dry_run, "Measure and print, but store nothing");
    calibrate->add_flag("--json", words.json, "Print a JSON object, in SI base units");
}

void add_verbs(CLI::App& app, Words& words) {
    app.add_subcommand("status", "Show the agent, the devices and the memory nodes");
    CLI::App* list = app.add_subcommand("list", "List the processes that have queues");
    list->add_flag("--json", words.json, "Print a JSON array, in bytes per second and seconds");

    CLI::App* set = app.add_subcommand("set", "Change on what terms a process runs");
    set->add_option("PID", words.pid)->required();
    set->add_option("KEY=VALUE",
                    words.assignments,
                    "priority=-20..20, weight=1..10000, class=latency|normal|batch|idle, "
                    "deadline=SPAN, cost=SPAN, dram-max=RATE")
        ->required();

    app.add_subcommand("reset", "Let rules and defaults say again on what terms a process runs")
        ->add_option("PID", words.pid)
        ->required();

    CLI::App* preempt =
        app.add_subcommand("preempt", "Suspend the queues of a process, or one, for a while");
    preempt->add_option("PID", words.pid)->required();
    preempt->add_option("queue=N gpu=ID", words.queue, "Only this queue; others may wait for it");
    preempt->add_option("--for", words.hold, "For how long, as 200ms or 1s")->capture_default_str();

    CLI::App* resume =
        app.add_subcommand("resume", "End the preemption of a process, of one queue, or of all");
    CLI::Option* pid = resume->add_option("PID", words.pid);
    resume->add_option("queue=N gpu=ID", words.queue, "That of this queue only");
    resume->add_flag("--all", words.all, "Resume everybody")->excludes(pid);

    app.add_subcommand("reload", "Make the agent read its configuration again");

    CLI::App* tail = app.add_subcommand("tail", "Print bandwidth and queues, a line per interval");
    tail->add_option("--interval", words.interval, "As 100ms or 1s")->capture_default_str();
    tail->add_option("--count", words.count, "End after so many lines")->check(CLI::PositiveNumber);
    tail->add_flag("--json", words.json, "Print one JSON object per line");
    add_history(app, words);
    app.add_subcommand("dump", "Print the agent's state as text, for the report of a fault");

    CLI::App* doctor = app.add_subcommand("doctor",
                                          "Say what can be preempted and measured on this machine, "
                                          "what not, and what to change");
    doctor->add_flag("--json", words.json, "Print a JSON object");
    doctor
        ->add_option(
            "--sysroot,--root", words.root, "Read sys, proc, dev and etc below this folder")
        ->capture_default_str();
    add_calibrate(app, words);
}

// Those that look at a machine themselves.
void add_machine_verbs(CLI::App& app, Words& words) {
    CLI::App* record = app.add_subcommand(
        "record", "Record what the sources of measurements read; penstock-sim replays it");
    record->add_option("FILE", words.file, "A new file, or - for standard output")->required();
    record->add_option("--duration", words.duration, "As 10s; until interrupted without it");
    record->add_option("--interval", words.tick, "As 10ms or 1s")->capture_default_str();
    record->add_option("--sysroot", words.root, "Read sys, proc and dev below this folder")
        ->capture_default_str();

    CLI::App* decode =
        app.add_subcommand("decode", "Show everything that a file of the kernel says");
    decode->add_option("KIND", words.kind, "What it is; a wrong one is answered with all there are")
        ->required();
    decode->add_option("FILE", words.file)->required();
    decode->add_flag("--json", words.json, "Print a JSON object, with null for unknown");
}

void add_config(CLI::App& app, Words& words) {
    CLI::App* config = app.add_subcommand("config", "Look at the agent's configuration files");
    config->add_option("ACTION", words.kind, "check: what is wrong in them; show: what they say")
        ->required()
        ->check(CLI::IsMember({"check", "show"}));
    config->add_option("--sysroot", words.root, "Read etc, run and usr below this folder")
        ->capture_default_str();
    config->add_flag("--json", words.json, "Print a JSON object (show)");
}

Outcome<std::uint32_t> pid_of(const Words& words) {
    return parse_pid(words.pid);
}

Outcome<Duration> duration_of(const std::string& text, std::string_view option) {
    const auto duration = parse_duration(text);
    if (!duration) {
        return fail(Exit::usage,
                    fmt::format("{}=\"{}\" is not a duration: expected a whole number with us, ms, "
                                "s or min, as 200ms, and at most a day",
                                option,
                                printable(text)));
    }
    return *duration;
}

// Nothing when no queue was named.
Outcome<std::optional<QueueChoice>> queue_of(const std::vector<std::string>& words) {
    if (words.empty()) {
        return std::nullopt;
    }
    const Outcome<QueueWords> said = parse_queue_words(words);
    if (!said) {
        return std::unexpected(said.error());
    }
    const QueueWords named = *said;
    if (!named.number) {
        return fail(Exit::usage,
                    "gpu=ID alone names no queue: expected queue=N, and gpu=ID if wished");
    }
    return QueueChoice{.number = *named.number, .gpu_id = named.gpu_id};
}

Outcome<Verb> set_verb(const Words& words) {
    const Outcome<std::uint32_t> pid = pid_of(words);
    if (!pid) {
        return std::unexpected(pid.error());
    }
    Outcome<ProcessTerms> terms = parse_terms(words.assignments);
    return terms ? Outcome<Verb>(SetTerms{.pid = *pid, .terms = *std::move(terms)})
                 : std::unexpected(terms.error());
}

Outcome<Verb> preempt_verb(const Words& words) {
    const Outcome<std::uint32_t> pid = pid_of(words);
    if (!pid) {
        return std::unexpected(pid.error());
    }
    const Outcome<Duration> longest = duration_of(words.hold, "--for");
    if (!longest) {
        return std::unexpected(longest.error());
    }
    const Outcome<std::optional<QueueChoice>> queue = queue_of(words.queue);
    if (!queue) {
        return std::unexpected(queue.error());
    }
    return Preempt{.pid = *pid, .queue = *queue, .longest = *longest};
}

Outcome<Verb> reset_verb(const Words& words) {
    const Outcome<std::uint32_t> pid = pid_of(words);
    return pid ? Outcome<Verb>(Reset{.pid = *pid}) : std::unexpected(pid.error());
}

Outcome<Verb> resume_verb(const Words& words) {
    if (words.all) {
        return Resume{};
    }
    if (words.pid.empty()) {
        return fail(Exit::usage, "resume whom? Expected a PID or --all");
    }
    const Outcome<std::uint32_t> pid = pid_of(words);
    if (!pid) {
        return std::unexpected(pid.error());
    }
    const Outcome<std::optional<QueueChoice>> queue = queue_of(words.queue);
    return queue ? Outcome<Verb>(Resume{.pid = *pid, .queue = *queue})
                 : std::unexpected(queue.error());
}

Outcome<Verb> tail_verb(const Words& words) {
    const Outcome<Duration> interval = duration_of(words.interval, "--interval");
    if (!interval) {
        return std::unexpected(interval.error());
    }
    Tail tail{.interval = *interval, .count = std::nullopt, .json = words.json};
    if (words.count != 0) {
        tail.count = words.count;
    }
    return tail;
}

Outcome<Verb> history_verb(const Words& words) {
    const Outcome<Duration> since = duration_of(words.since, "--since");
    const Outcome<Duration> step = duration_of(words.step, "--step");
    if (!since || !step) {
        return std::unexpected(since ? step.error() : since.error());
    }
    return History{.series = words.series,
                   .all = words.all,
                   .since = *since,
                   .step = *step,
                   .json = words.json};
}

Outcome<Verb> record_verb(const Words& words) {
    const Outcome<Duration> interval = duration_of(words.tick, "--interval");
    if (!interval) {
        return std::unexpected(interval.error());
    }
    Record record{.file = words.file, .interval = *interval, .root = words.root};
    if (!words.duration.empty()) {
        const Outcome<Duration> duration = duration_of(words.duration, "--duration");
        if (!duration) {
            return std::unexpected(duration.error());
        }
        record.duration = *duration;
    }
    return record;
}

Outcome<Verb> calibrate_verb(const Words& words) {
    if (words.calibration.empty() && !words.dry_run) {
        return fail(Exit::usage, "--output=\"\" names no file: did you mean --dry-run?");
    }
    return Calibrate{.length = std::chrono::seconds(words.seconds),
                     .output = words.dry_run ? "" : words.calibration,
                     .json = words.json};
}

Verb config_verb(const Words& words) {
    if (words.kind == "check") {
        return ConfigCheck{.root = words.root};
    }
    return ConfigShow{.root = words.root, .json = words.json};
}

Outcome<Verb> verb_of(const CLI::App& app, const Words& words) {
    const std::string& name = app.get_subcommands().front()->get_name();
    if (name == "set") {
        return set_verb(words);
    }
    if (name == "reset") {
        return reset_verb(words);
    }
    if (name == "preempt") {
        return preempt_verb(words);
    }
    if (name == "resume") {
        return resume_verb(words);
    }
    if (name == "reload") {
        return Reload{};
    }
    if (name == "tail") {
        return tail_verb(words);
    }
    if (name == "history") {
        return history_verb(words);
    }
    if (name == "dump") {
        return Dump{};
    }
    if (name == "doctor") {
        return Doctor{.root = words.root, .json = words.json};
    }
    if (name == "record") {
        return record_verb(words);
    }
    if (name == "decode") {
        return Decode{.kind = words.kind, .file = words.file, .json = words.json};
    }
    if (name == "calibrate") {
        return calibrate_verb(words);
    }
    if (name == "config") {
        return config_verb(words);
    }
    return name == "list" ? Verb(List{.json = words.json}) : Verb(Status{});
}

// Of the verbs that have classes for their words.
struct OwnWords {
    PolicyWords policy{};
    TaskWords task{};
    LeaseWords lease{};
    TraceWords trace{};

    void add_to(CLI::App& app) {
        policy.add_to(app);
        task.add_to(app);
        lease.add_to(app);
        trace.add_to(app);
    }
};

Outcome<Verb> verb_of(const CLI::App& app, const Words& words, const OwnWords& own) {
    if (app.got_subcommand("policy")) {
        return own.policy.verb();
    }
    if (app.got_subcommand("register")) {
        return own.task.verb();
    }
    if (app.got_subcommand("lease")) {
        return own.lease.verb();
    }
    if (app.got_subcommand("trace")) {
        return own.trace.verb();
    }
    return verb_of(app, words);
}

}  // namespace

Outcome<std::variant<Invocation, Answered>> parse(std::vector<std::string> arguments,
                                                  std::string bus) {
    CLI::App app("Watch and steer the Penstock agent", "penstockctl");
    Words words;
    app.add_option("--bus", bus, "system, session or a D-Bus address (environment: PENSTOCK_BUS)");
    app.set_version_flag("--version", "penstockctl " PENSTOCK_VERSION);
    app.require_subcommand(1);
    add_verbs(app, words);
    add_machine_verbs(app, words);
    add_config(app, words);
    OwnWords own;
    own.add_to(app);
    own.lease.take_command(arguments);
    // CLI11 takes the words from the back.
    std::ranges::reverse(arguments);
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
        // That of the verb, when one came first.
        return Answered{app.help()};
    } catch (const CLI::CallForVersion& version) {
        return Answered{std::string(version.what()) + '\n'};
    } catch (const CLI::ParseError& error) {
        return fail(Exit::usage, error.what());
    }
    Outcome<Verb> verb = verb_of(app, words, own);
    if (!verb) {
        return std::unexpected(std::move(verb).error());
    }
    return Invocation{.bus = std::move(bus), .verb = *std::move(verb)};
}

}  // namespace penstock::ctl
