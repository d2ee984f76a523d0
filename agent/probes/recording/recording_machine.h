// SPDX-License-Identifier: Apache-2.0
//
// Recording machine: another machine, whose answers are recorded as they are given, failures too.
//
// For one thread: the order of the answers is what a replay goes by.

#pragma once

#include "agent/probes/machine.h"
#include "agent/probes/recording/recording_writer.h"

namespace penstock {

class RecordingMachine final : public Machine {
  public:
    // Both outlive it, and what it opens.
    RecordingMachine(Machine& inner, recording::RecordingWriter& writer)
        : inner_(inner), writer_(writer) {}

    using Machine::read;
    Result<std::vector<std::string>> list(const std::string& path) override;
    Result<std::string> read(const std::string& path, std::size_t limit) override;
    Result<std::string> link(const std::string& path) override;
    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override;
    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> events,
                                                        int cpu) override;

  private:
    Machine& inner_;
    recording::RecordingWriter& writer_;
    std::uint64_t next_group_ = 0;
};

}  // namespace penstock
