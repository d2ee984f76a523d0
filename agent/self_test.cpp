// SPDX-License-Identifier: Apache-2.0

#include "agent/self_test.h"

#include <fmt/format.h>
#include <poll.h>

#include <cstdio>

#include "agent/device_survey.h"
#include "agent/probes/real_machine.h"
#include "agent/probes/source_catalogue.h"
#include "agent/probes/source_set.h"
#include "agent/sensing.h"
#include "agent/trial_lines.h"
#include "base/clock.h"

namespace penstock {
namespace {

constexpr Duration patience = std::chrono::seconds(5);

class Nobody final : public QueueListener {
  public:
    void owner_appeared(const Owner& /*owner*/, int /*pidfd*/) override {}

    void owner_vanished(OwnerId /*owner*/) override {}

    void queue_appeared(const wire::QueueAt& /*queue*/) override {}

    void queue_vanished(QueueKey /*queue*/) override {}
};

void try_configuration(const Options& options, TrialLines& lines) {
    const config::Configuration configuration = configure(options);
    lines.add(
        "configuration",
        configuration.remarks.errors() == 0,
        fmt::format(
            "{} files, {} errors", configuration.files.size(), configuration.remarks.errors()));
}

Surroundings try_devices(const Options& options, TrialLines& lines) {
    Result<DeviceSurvey> survey = survey_devices(options.kfd_path, Tree(options.sysfs_root));
    lines.add("devices",
              survey.has_value(),
              survey ? fmt::format("{} in sysfs{}",
                                   survey->devices.size(),
                                   survey->around.emulated ? ", emulated" : "")
                     : survey.error().message());
    return survey ? std::move(survey->around) : Surroundings{};
}

void try_sensing(const Options& options, TrialLines& lines) {
    Nobody nobody;
    Sensing sensing({.kfd_path = options.kfd_path, .sysfs_root = options.sysfs_root}, nobody);
    sensing.open();
    lines.add("bpf", sensing.reasons().empty(), "sees queues come and go, and pointers move");
    for (const std::string& reason : sensing.reasons()) {
        lines.add("bpf", false, reason);
    }
}

// What a machine counts differs: none of it is needed.
void try_sources(const Options& options, Surroundings around) {
    auto machine = std::make_shared<RealMachine>(RealMachine::Roots{.sys = options.sysfs_root});
    std::vector<NumberedSource> sources = make_sources({}, around);
    SourceSet set(
        {.machine = std::move(machine), .around = std::move(around), .clock = &monotonic_now},
        std::move(sources));
    Readings readings;
    set.read(monotonic_now(), readings);
    for (const SourceNews& news : readings.sources) {
        const SourceState& source = news.state;
        TrialLines::note(source.name, source.standing == Standing::available, source.reason);
    }
}

// The gate says whether it is ready as soon as it is greeted.
void try_gate(const Options& options, TrialLines& lines) {
    GateClient gate({.program = options.gate_program,
                     .arguments = {"--kfd=" + options.kfd_path},
                     .socket = options.gate_socket},
                    [] {});
    const TimePoint began = monotonic_now();
    if (Result<> started = gate.start(began); !started) {
        lines.add("gate", false, started.error().message());
        return;
    }
    while (monotonic_now() - began < patience) {
        pollfd waiting{.fd = gate.fd(), .events = POLLIN, .revents = 0};
        ::poll(&waiting, 1, 100);
        const bool alive = gate.receive(monotonic_now());
        for (const wire::FromGate& news : gate.take_news()) {
            if (const auto* ready = std::get_if<wire::Ready>(&news)) {
                lines.add("gate",
                          ready->trouble.empty(),
                          ready->trouble.empty() ? "is ready" : ready->trouble);
                return;
            }
        }
        if (!alive) {
            lines.add("gate", false, "ended at once");
            return;
        }
    }
    lines.add("gate", false, "does not answer");
}

}  // namespace

bool self_test(const Options& options) {
    TrialLines lines;
    try_configuration(options, lines);
    Surroundings around = try_devices(options, lines);
    try_sensing(options, lines);
    try_sources(options, std::move(around));
    try_gate(options, lines);
    return lines.all_well();
}

}  // namespace penstock
